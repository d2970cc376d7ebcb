import { type BranchRules, requiresCheck } from "../../core/pull/branch-rules.ts";
import type { Repository, RepositoryId, Sha } from "../../core/repository.ts";
import type { Context, Run } from "../context.ts";
import { findRepository } from "../plan/plan.ts";
import { assertCurrent } from "../record.ts";
import { PREFIX } from "./present.ts";
import { CHECK } from "./report.ts";

/**
 * Answers our check, neutrally, on the head of a pull that is not ours, where its base requires the check: it would wait for
 * ever. Once for each head, and never on one that we have made or under one of our branch names: there it would speak for a
 * verdict.
 */
export async function answerPull(context: Context, run: Run, id: RepositoryId, number: number): Promise<void> {
  const { github, store } = context;
  const repository = await findRepository(context, id);
  if (repository === undefined) return;
  const pull = await github.pulls.get(repository, number);
  if (pull.state !== "open" || (pull.branch.startsWith(PREFIX) && pull.headRepository === id.repository)) return;
  if (await isOurs(context, id, pull.head)) return;
  const rules = await github.branches.rules(repository, pull.base);
  if (!requiresCheck(rules, CHECK, await github.installations.app())) return;
  await store.transaction((tables) => assertCurrent(tables, run));
  await github.checks.report(repository, {
    name: CHECK,
    head: pull.head,
    externalId: "not ours",
    status: "completed",
    conclusion: "neutral",
    title: "Not a pull request of Oakum's",
    summary:
      "Oakum judges its own pull requests only. It answers here since the rules of the base branch ask for its check.",
    annotations: [],
  });
}

/** A commit of ours may be proposed by anyone, from a branch of theirs. */
async function isOurs({ store }: Context, id: RepositoryId, head: Sha): Promise<boolean> {
  return (await store.pulls.list(id)).some(({ heads }) => heads.includes(head));
}

/** Has those open pulls answered whose events were missed, or that were there before the rule. */
export async function answerOpen(context: Context, repository: Repository, rules: BranchRules): Promise<void> {
  const { github, store } = context;
  if (!requiresCheck(rules, CHECK, await github.installations.app())) return;
  const { host, installation, repository: id, defaultBranch } = repository;
  for (const number of await github.checks.unanswered(repository, defaultBranch, CHECK)) {
    await store.jobs.enqueue({ kind: "answer", repository: { host, installation, repository: id }, number });
  }
}
