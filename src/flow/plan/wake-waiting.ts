import type { ReasonCode } from "../../core/reason.ts";
import type { RepositoryId } from "../../core/repository.ts";
import { isFinished } from "../../core/rollout/rollout.ts";
import type { Tables } from "../../store/store.ts";

/** Why a pull waits that a plan may end: its windows are of the configuration, and its tag may name its digest again. */
const WOKEN: ReadonlySet<ReasonCode> = new Set(["outside-window", "tag-moved"]);

/**
 * Lets whatever of a repository waits for a window, or for its tag, look again. Each wakes by itself when its window opens; but
 * configuration may have been changed, and then that is not the time any more.
 */
export async function wakeWaiting({ pulls, rollouts, jobs }: Tables, repository: RepositoryId): Promise<void> {
  for (const { branch, state, unmerged } of await pulls.list(repository)) {
    const isWaiting = state === "open" && unmerged?.reasons.some(({ code }) => WOKEN.has(code));
    if (isWaiting) await jobs.enqueue({ kind: "pull", repository, branch });
  }
  for (const rollout of await rollouts.ofRepository(repository)) {
    const isWaiting = rollout.aside === true && !isFinished(rollout);
    if (isWaiting) await jobs.enqueue({ kind: "target", target: rollout.target });
  }
}
