import type { UpdateGroup } from "../../core/plan/update.ts";
import { type PullRecord, refusalKey } from "../../core/pull/pull.ts";
import { formatReference, type ImageReference } from "../../core/reference.ts";
import { type Repository, repositoryKey } from "../../core/repository.ts";
import type { Use } from "../../core/use/use.ts";
import type { Account } from "../../github/installations.ts";
import type { Pull } from "../../github/pulls.ts";
import type { Ledger } from "../../store/ledger.ts";
import type { Context, Run } from "../context.ts";
import { readSnapshot } from "../read/read.ts";
import { record } from "../record.ts";

/** Where a refusal is remembered. */
export type PullPlace = Pick<PullRecord, "repository" | "branch">;

const REFUSED = "refused";
const LIFTED = "refusal lifted";
/** Closed pulls of one branch that are read again when our own record is gone. */
const MOST_RECALLED = 5;
const MOST_MERGES = 5;

/** The subject of a pull's facts on the ledger; the key of its job as well. */
export function pullSubject({ repository, branch }: PullPlace): string {
  return `pull:${repositoryKey(repository)}#${branch}`;
}

/** All references that a group brings, as one text. */
export function targetsOf(branch: string, { updates }: UpdateGroup): string {
  return refusalKey(
    branch,
    updates.map(({ to }) => to),
  );
}

/** Which of these groups a person refused as they are now. */
export async function refusals(context: Context, repository: Repository, wanted: ReadonlyMap<string, UpdateGroup>) {
  const refused = new Set<string>();
  for (const [branch, group] of wanted) {
    const targets = targetsOf(branch, group);
    if (await isRefused(context.store.ledger, { repository, branch }, targets)) refused.add(targets);
  }
  return refused;
}

/** Whether exactly these references are refused on a branch now. */
export async function isRefused(ledger: Ledger, place: PullPlace, targets: string): Promise<boolean> {
  return (await history(ledger, place, targets)).stands;
}

/** Writes down that a person refused exactly these references; nothing when they are refused already. */
export async function refuse(ledger: Ledger, { place, targets, by, number }: Refusal, now: number): Promise<void> {
  const { count, stands } = await history(ledger, place, targets);
  if (stands) return;
  const cause = causeOf(targets, count + 1);
  const data = { number, ...(by && { by: { id: by.id, login: by.login } }) };
  await ledger.append({ subject: pullSubject(place), transition: REFUSED, cause, data }, now);
}

interface Refusal {
  readonly place: PullPlace;
  readonly targets: string;
  /** The number of the pull that was closed. */
  readonly number: number;
  readonly by?: Account | undefined;
}

/** Writes down that a refusal counts no longer: its pull was opened again. */
export async function lift(ledger: Ledger, place: PullPlace, targets: string, now: number): Promise<void> {
  const { count, stands } = await history(ledger, place, targets);
  if (!stands) return;
  const fact = { subject: pullSubject(place), transition: LIFTED, cause: causeOf(targets, count), data: {} };
  await ledger.append(fact, now);
}

/** How often these references were refused, and whether the last time counts still. */
async function history(ledger: Ledger, place: PullPlace, targets: string) {
  const subject = pullSubject(place);
  for (let count = 1; ; count += 1) {
    const cause = causeOf(targets, count);
    if ((await ledger.find(subject, REFUSED, cause)) === undefined) return { count: count - 1, stands: false };
    if ((await ledger.find(subject, LIFTED, cause)) === undefined) return { count, stands: true };
  }
}

/** Refused, opened again and refused once more is a fact of its own. */
function causeOf(targets: string, count: number): string {
  return count === 1 ? targets : `${targets} ${count}`;
}

/**
 * What our closed pulls of a branch refuse, read from what they proposed: for a branch of which we have no record, as after
 * the store was lost. GitHub keeps a pull's head, whatever became of its branch.
 */
export async function recallRefusals(
  context: Context,
  run: Run,
  repository: Repository,
  branch: string,
  pulls: readonly Pull[],
): Promise<void> {
  const { host, installation, repository: id } = repository;
  const place = { repository: { host, installation, repository: id }, branch };
  const closed = pulls.filter((pull) => pull.state === "closed" && !pull.merged && pull.headRepository === id);
  for (const pull of closed.slice(0, MOST_RECALLED)) {
    const fact = { subject: pullSubject(place), transition: "recalled", cause: `#${pull.number}`, data: {} };
    if ((await context.store.ledger.find(fact.subject, fact.transition, fact.cause)) !== undefined) continue;
    const { by, who, openedByUs } = await context.github.pulls.closing(repository, pull.number);
    const proposed = openedByUs && by === "writer" ? await proposedBy(context, repository, pull) : [];
    const refusal = { place, targets: refusalKey(branch, proposed), number: pull.number, by: who };
    await record(context, run, fact, async ({ ledger }) => {
      if (proposed.length > 0) await refuse(ledger, refusal, context.now());
    });
  }
}

/** The references that a pull's head brings: those that its one commit changed, below what was merged in from its base. */
async function proposedBy(context: Context, repository: Repository, pull: Pull): Promise<readonly ImageReference[]> {
  let head = pull.head;
  let parents = await context.github.branches.parents(repository, head);
  for (let merges = 0; parents.length === 2 && merges < MOST_MERGES; merges += 1) {
    head = parents[0] ?? head;
    parents = await context.github.branches.parents(repository, head);
  }
  const [parent, ...others] = parents;
  if (parent === undefined || others.length > 0) return [];
  const before = byPath((await readSnapshot(context, repository, parent)).uses);
  const after = byPath((await readSnapshot(context, repository, head)).uses);
  return [...after].flatMap(([path, uses]) => {
    const old = before.get(path) ?? [];
    if (old.length !== uses.length) return [];
    return uses.flatMap(({ reference }, at) =>
      reference && written(old[at]) !== written({ reference }) ? [reference] : [],
    );
  });
}

function written(use: Pick<Use, "reference"> | undefined): string | undefined {
  return use?.reference && formatReference(use.reference);
}

function byPath(uses: readonly Use[]): ReadonlyMap<string, readonly Use[]> {
  return Map.groupBy(uses, ({ path }) => path);
}
