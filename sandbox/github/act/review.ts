import { diffText } from "../git/diff.ts";
import { mergeBase } from "../git/history.ts";
import type { PullRequest, Review } from "../state/issue.ts";
import type { Repository } from "../state/repository.ts";
import { viewReview } from "../view/issue.ts";
import { viewPullSimple } from "../view/pull.ts";
import type { World } from "../world.ts";
import { emit } from "./emit.ts";
import { branchSha } from "./ref.ts";
import { parametersOf, rulesOf } from "./rules.ts";

/** Tells the Apps of a review. */
export function emitReview(
  world: World,
  repository: Repository,
  pull: PullRequest,
  review: Review,
  action: "submitted" | "dismissed",
): void {
  const payload = {
    review: { ...viewReview(world, repository, review), state: review.state.toLowerCase() },
    pull_request: viewPullSimple(world, repository, pull),
  };
  emit(world, { event: "pull_request_review", action, repository, sender: review.author, payload });
}

/** Dismisses the approvals of a head that changed in more than its base, where a rule says so. */
export async function dismissStale(
  world: World,
  repository: Repository,
  pull: PullRequest,
  before: string,
): Promise<void> {
  const asked = parametersOf(rulesOf(world, repository, pull.pull.base), "pull_request");
  if (!asked.some((one) => one.dismiss_stale_reviews_on_push === true)) return;
  if ((await change(world, repository, pull, before)) === (await change(world, repository, pull, pull.pull.headSha)))
    return;
  const approving = (one: Review) =>
    one.repository === repository.id && one.issue === pull.number && one.state === "APPROVED";
  for (const review of world.state.all("review", approving)) {
    const dismissed = world.state.put("review", { ...review, state: "DISMISSED" });
    emitReview(world, repository, pull, dismissed, "dismissed");
  }
}

async function change(world: World, repository: Repository, { pull }: PullRequest, head: string): Promise<string> {
  const base = branchSha(world, repository, pull.base) ?? pull.baseSha;
  return diffText(world.git, repository.id, await mergeBase(world.git, repository.id, base, head), head);
}
