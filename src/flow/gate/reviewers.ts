import { strictestOf } from "../../core/policy/strictness.ts";
import type { PullRecord } from "../../core/pull/pull.ts";
import type { Repository } from "../../core/repository.ts";
import type { Pull } from "../../github/pulls.ts";
import type { Context, Run } from "../context.ts";
import { pullSubject } from "../conversation/refusal.ts";
import { pausedReason } from "../pause/pause.ts";
import { act } from "../record.ts";

const ASKED = "review requested";

/**
 * Asks whom policy names to review a pull, each of them once: not again for a newer head, nor after a person took the request
 * back. Whom GitHub does not ask is on the ledger, and no reason to stop.
 */
export async function askReviewers(
  context: Context,
  run: Run,
  repository: Repository,
  own: PullRecord,
  { number }: Pull,
): Promise<void> {
  if ((await pausedReason(context.store.ledger, repository)) !== undefined) return;
  const subject = pullSubject(own);
  const { reviewers } = strictestOf(own.group.updates.map(({ policy }) => policy));
  for (const reviewer of new Set(reviewers.map((one) => one.replace(/^@/, "").toLowerCase()))) {
    const cause = `#${number} ${reviewer}`;
    if ((await context.store.ledger.find(subject, ASKED, cause)) !== undefined) continue;
    await act(
      context,
      run,
      { subject, transition: ASKED, cause, data: { reviewer } },
      () => context.github.pulls.requestReview(repository, number, reviewer),
      async (tables, answer) => {
        if (answer.state === "asked") return;
        context.log.warn({ pull: subject, reviewer, why: answer.why }, "reviewer not asked");
        const fact = { subject, transition: "review request refused", cause, data: { why: answer.why } };
        await tables.ledger.append(fact, context.now());
      },
    );
  }
}
