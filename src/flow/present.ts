import { type PullRecord, refusalKey } from "../core/pull.ts";
import type { ActualPull } from "../core/pull-diff.ts";
import { type Repository, repositoryKey, type Sha } from "../core/repository.ts";
import type { UpdateGroup } from "../core/update.ts";
import type { Pull } from "../github/github.ts";
import type { Context, Run } from "./context.ts";
import { record } from "./record.ts";

/** All our branches begin with this; no other is ever written. */
const PREFIX = "oakum/";

/** What is there under one of our branch names. */
export interface Present extends ActualPull {
  readonly pull?: Pull;
  readonly record?: PullRecord;
}

/** Every branch with a name of ours, and the newest pull request from it, beside what is wanted there. */
export async function observePulls(
  context: Context,
  run: Run,
  repository: Repository,
  wanted: ReadonlyMap<string, UpdateGroup>,
): Promise<readonly Present[]> {
  const heads = await context.github.branches.matching(repository, PREFIX);
  const records = await context.store.pulls.list(repository);
  const open = records.filter(({ state }) => state === "open").map(({ branch }) => branch);
  const present: Present[] = [];
  for (const branch of new Set([...heads.keys(), ...open, ...wanted.keys()])) {
    const own = records.find((one) => one.branch === branch);
    const [pull] = await context.github.pulls.list(repository, branch, "all");
    const head = heads.get(branch);
    if (head === undefined && pull === undefined) continue;
    if (own !== undefined && pull !== undefined) await noticeEnd(context, run, own, pull);
    present.push(describe(branch, head, pull, own, wanted.get(branch)));
  }
  return present;
}

function describe(
  branch: string,
  head: Sha | undefined,
  pull: Pull | undefined,
  own: PullRecord | undefined,
  desired: UpdateGroup | undefined,
): Present {
  const isOurs = head === undefined || (own?.heads.includes(head) ?? false);
  const isEqual = head !== undefined && own !== undefined && desired !== undefined && sameTargets(own, desired);
  const gate = own?.gate?.head === head ? own?.gate?.verdict.state : undefined;
  return {
    branch,
    state: stateOf(pull),
    ...(head !== undefined && { head }),
    content: !isOurs ? "foreign" : isEqual ? "equal" : "differs",
    frozen: gate === "pass",
    failed: gate === "fail",
    ...(pull && { pull }),
    ...(own && { record: own }),
  };
}

function stateOf(pull: Pull | undefined): ActualPull["state"] {
  if (pull === undefined) return "none";
  return pull.merged ? "merged" : pull.state;
}

/**
 * Remembers how a pull ended when it was not we who ended it: merged by hand, or closed by a person, who thereby refuses
 * exactly what it proposed.
 */
export async function noticeEnd(context: Context, run: Run, own: PullRecord, pull: Pull): Promise<void> {
  if (own.state !== "open" || own.number !== pull.number || pull.state === "open") return;
  const subject = pullSubject(own);
  const data = { number: pull.number };
  const { repository, branch } = own;
  if (pull.merged && pull.mergeCommit !== undefined) {
    const merge = pull.mergeCommit;
    return record(context, run, { subject, transition: "merged", cause: pull.head, data }, async (tables) => {
      await tables.pulls.update(repository, branch, (fresh) => ({ ...fresh, state: "merged", merge }));
      await tables.jobs.enqueue({ kind: "release", repository, merge });
    });
  }
  const transition = pull.closedByUs === true ? "closed" : "refused";
  const cause = transition === "closed" ? pull.head : targetsOf(branch, own.group);
  await record(context, run, { subject, transition, cause, data }, (tables) =>
    tables.pulls.update(repository, branch, (fresh) => ({ ...fresh, state: "closed" })),
  );
}

/** Which of these groups a person refused as they are now, by closing a pull request of exactly these references. */
export async function refusals(context: Context, repository: Repository, wanted: ReadonlyMap<string, UpdateGroup>) {
  const refused = new Set<string>();
  for (const [branch, group] of wanted) {
    const targets = targetsOf(branch, group);
    const subject = pullSubject({ repository, branch });
    if ((await context.store.ledger.find(subject, "refused", targets)) !== undefined) refused.add(targets);
  }
  return refused;
}

/** Whether what we pushed last is what is wanted. */
function sameTargets({ branch, group }: PullRecord, desired: UpdateGroup): boolean {
  return targetsOf(branch, group) === targetsOf(branch, desired);
}

/** All references that a group brings, as one text. */
export function targetsOf(branch: string, { updates }: UpdateGroup): string {
  return refusalKey(
    branch,
    updates.map(({ to }) => to),
  );
}

/** The subject of a pull's facts on the ledger; the key of its job as well. */
export function pullSubject({ repository, branch }: Pick<PullRecord, "repository" | "branch">): string {
  return `pull:${repositoryKey(repository)}#${branch}`;
}
