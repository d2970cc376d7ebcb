import type { PauseOrder, PauseShown } from "../../control/control.ts";
import { AppError } from "../../core/errors.ts";
import { headOf, type PullRecord } from "../../core/pull/pull.ts";
import { isQueued } from "../../core/pull/queue.ts";
import { type Reason, reason } from "../../core/reason.ts";
import type { RepositoryId } from "../../core/repository.ts";
import { formatTime } from "../../core/text/time-text.ts";
import type { Ledger } from "../../store/ledger.ts";
import type { Store, Tables } from "../../store/store.ts";

/** What a pause is over: everything that Oakum serves, or one account's installation, by the login it has now. */
type Scope = "everything" | (Installation & { readonly account: string });
type Installation = Pick<RepositoryId, "host" | "installation">;

const PAUSED = "paused";
const RESUMED = "resumed";

/** Why nothing new may start in a repository now; `undefined` when it may. Whoever reads it need not know by whom. */
export async function pausedReason(ledger: Ledger, place: Installation): Promise<Reason | undefined> {
  const since = (await standing(ledger, "everything"))?.since ?? (await standing(ledger, place))?.since;
  return since === undefined ? undefined : reason("paused", `since ${formatTime(Date.parse(since))}`);
}

/** Every pause in force: over everything first, then over the accounts that the index knows. */
export async function pauses(tables: Pick<Tables, "ledger" | "index">): Promise<readonly PauseShown[]> {
  return (await inForce(tables)).map(({ pause }) => pause);
}

/**
 * Lets nothing new start from now on; what is under way finishes, or is undone. Answers with the pause that stands, which
 * may be an earlier one. Throws INPUT for an account that no repository in the index belongs to.
 */
export async function pause(store: Store, { by, account, why }: PauseOrder, now: number): Promise<PauseShown> {
  return store.transaction(async ({ ledger, index, pulls, jobs }) => {
    const scope = await scopeOf(index, account);
    const before = await standing(ledger, scope);
    if (before !== undefined) return before;
    const data = { by, ...(why !== undefined && { why }) };
    const fact = { subject: subjectOf(scope), transition: PAUSED, cause: causeOf(by, now), data };
    const entry = await ledger.append(fact, now);
    // GitHub would merge what is in a queue of its own: whoever put it there takes it out.
    const queued = (await pulls.unmerged()).filter((own) => isQueued(own.queue, headOf(own)) && isWithin(scope, own));
    for (const { repository, branch } of queued) await jobs.enqueue({ kind: "pull", repository, branch });
    return shown(scope, entry);
  });
}

/**
 * Ends the pause of an account, or every pause, and queues what waited. Answers with those that ended. Throws INPUT as
 * `pause` does, and for one account while everything is paused.
 */
export async function resume(
  store: Store,
  { by, account }: Omit<PauseOrder, "why">,
  now: number,
): Promise<readonly PauseShown[]> {
  return store.transaction(async (tables) => {
    const wanted = await scopeOf(tables.index, account);
    const standing = await inForce(tables);
    if (wanted !== "everything" && standing.some(({ scope }) => scope === "everything")) {
      throw new AppError("INPUT", "everything is paused: resume without --account");
    }
    const isMeant = (scope: Scope) => wanted === "everything" || subjectOf(scope) === subjectOf(wanted);
    const ended = standing.filter(({ scope }) => isMeant(scope));
    for (const { scope } of ended) {
      const fact = { subject: subjectOf(scope), transition: RESUMED, cause: causeOf(by, now), data: { by } };
      await tables.ledger.append(fact, now);
    }
    if (ended.length > 0) await wakeAll(tables);
    return ended.map(({ pause }) => pause);
  });
}

/** The sweep brings back repositories, pulls, releases and targets; a campaign's next wave is asked for here. */
async function wakeAll({ jobs, rollouts }: Tables): Promise<void> {
  await jobs.enqueue({ kind: "sweep" });
  const waiting = await rollouts.underWay();
  const campaigns = new Set(waiting.map(({ release }) => release.campaign));
  for (const campaign of campaigns) await jobs.enqueue({ kind: "campaign", campaign });
}

async function inForce({ ledger, index }: Pick<Tables, "ledger" | "index">) {
  const found: { readonly scope: Scope; readonly pause: PauseShown }[] = [];
  for (const scope of ["everything", ...(await index.accounts())] as const) {
    const pause = await standing(ledger, scope);
    if (pause !== undefined) found.push({ scope, pause });
  }
  return found;
}

async function standing(ledger: Ledger, scope: Scope | Installation): Promise<PauseShown | undefined> {
  const paused = await ledger.newest(subjectOf(scope), PAUSED);
  const resumed = paused && (await ledger.newest(subjectOf(scope), RESUMED));
  if (paused === undefined || (resumed !== undefined && resumed.sequence > paused.sequence)) return undefined;
  return shown(scope, paused);
}

function shown(scope: Scope | Installation, { at, data }: { readonly at: string; readonly data: object }): PauseShown {
  const account = typeof scope === "object" && "account" in scope ? { account: scope.account } : {};
  return { ...account, since: at, ...(data as Pick<PauseShown, "by" | "why">) };
}

function isWithin(scope: Scope, { repository }: Pick<PullRecord, "repository">): boolean {
  if (scope === "everything") return true;
  return scope.host === repository.host && scope.installation === repository.installation;
}

/** Each pause, and each end of one, is a fact of its own. */
function causeOf(by: string, now: number): string {
  return `${by} at ${new Date(now).toISOString()}`;
}

function subjectOf(scope: Scope | Installation): string {
  return scope === "everything" ? "pause:everything" : `pause:${scope.host}/${scope.installation}`;
}

async function scopeOf(index: Tables["index"], account: string | undefined): Promise<Scope> {
  if (account === undefined) return "everything";
  const own = (await index.accounts()).filter((one) => one.account.toLowerCase() === account.toLowerCase());
  const [scope, ...others] = own;
  if (scope === undefined) throw new AppError("INPUT", `no repository of ${account} is known here`);
  if (others.length > 0)
    throw new AppError("INPUT", `${account} has several installations: name none, for all of them`);
  return scope;
}
