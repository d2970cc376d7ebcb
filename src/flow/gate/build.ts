import { type BuildRequest, type BuiltImage, stillBuilding } from "../../builder/builder.ts";
import { isAppError } from "../../core/errors.ts";
import type { Fact, LedgerEntry } from "../../core/ledger.ts";
import type { Outcome } from "../../core/outcome.ts";
import { reason } from "../../core/reason.ts";
import type { Context, Run } from "../context.ts";
import { pausedReason } from "../pause/pause.ts";
import { assertCurrent, record } from "../record.ts";

/** A build that is wanted. Times are milliseconds since the epoch. */
export interface WantedBuild {
  readonly request: Omit<BuildRequest, "attempt">;
  /** What it stands under on the ledger: the same for everyone who wants it. */
  readonly subject: string;
  /** Since when somebody else's run of it is waited for. */
  readonly since: number;
  /** Before that, it is not asked for: a push that builds it may not be listed yet. */
  readonly startAfter: number;
  /** Whether it is a part of what is under way already: a pause holds up the rest. */
  readonly underWay?: boolean;
  /** Whether a person asked for another try, should the last one have failed. */
  readonly again: boolean;
}

type Built = Outcome<readonly BuiltImage[]>;

/** How long a build is waited for, in milliseconds: as long as GitHub lets a job run. */
const DEADLINE = 6 * 3_600_000;

/**
 * The build of a commit: found, or else asked for, once for each try, and waited for until its deadline. That it was asked
 * for stands on the ledger right after; dying in between costs at most a second run, and a build takes nothing back.
 */
export async function build(context: Context, run: Run, wanted: WantedBuild): Promise<Built> {
  try {
    const { attempts } = await requested(context, wanted);
    const isStopped = attempts > 0 && (await findFact(context, stoppedFact(wanted, attempts))) !== undefined;
    const outcome = await buildOnce(context, run, wanted, isStopped ? attempts + 1 : Math.max(attempts, 1));
    const isRetried = wanted.again && attempts > 0 && outcome.state === "failed";
    return isRetried ? await buildOnce(context, run, wanted, attempts + 1) : outcome;
  } catch (error) {
    if (!isAppError(error, "DENIED")) throw error;
    context.log.warn({ build: wanted.subject, reason: error.message }, "the build may not be asked for");
    return { state: "failed", reason: reason("permission-missing", error.message) };
  }
}

/**
 * Stops a build that we asked for and nobody waits for any more. That stands on the ledger first: should somebody want it
 * again, what was stopped is no failure, and it is asked for anew.
 */
export async function stopBuild(context: Context, run: Run, wanted: WantedBuild): Promise<void> {
  const { attempts } = await requested(context, wanted);
  if (attempts === 0) return;
  const request = { ...wanted.request, attempt: attempts };
  try {
    if ((await context.builder.find(request))?.state !== "pending") return;
    await record(context, run, stoppedFact(wanted, attempts));
    await context.builder.cancel(request);
  } catch (error) {
    if (!isAppError(error, "DENIED")) throw error;
    context.log.warn({ build: wanted.subject, reason: error.message }, "the build may not be stopped");
  }
}

/** How often a build was asked for by us, and when the last time. */
export async function requested(context: Context, wanted: WantedBuild) {
  let newest: LedgerEntry | undefined;
  for (let attempt = 1; ; attempt += 1) {
    const entry = await findFact(context, factOf(wanted, attempt));
    if (entry === undefined) return { attempts: attempt - 1, ...(newest && { at: Date.parse(newest.at) }) };
    newest = entry;
  }
}

async function buildOnce(context: Context, run: Run, wanted: WantedBuild, attempt: number): Promise<Built> {
  const request = { ...wanted.request, attempt };
  const fact = factOf(wanted, attempt);
  const standing = await findFact(context, fact);
  const found = await context.builder.find(request);
  if (found === undefined && standing === undefined) return start(context, run, wanted, request);
  // Whoever asked for it died before saying so: nobody else builds a pull's head for us.
  if (standing === undefined && request.purpose === "gate") await record(context, run, fact);
  const age = context.now() - (standing === undefined ? wanted.since : Date.parse(standing.at));
  const outcome = found ?? stillBuilding(age);
  const isOverdue = outcome.state === "pending" && age >= DEADLINE;
  // What never ends is not waited for by a timer; should it end, an event tells of it.
  return isOverdue ? { state: "failed", reason: reason("build-timeout") } : outcome;
}

async function start(context: Context, run: Run, wanted: WantedBuild, request: BuildRequest): Promise<Built> {
  const paused = wanted.underWay ? undefined : await pausedReason(context.store.ledger, request.repository);
  if (paused !== undefined) return { state: "failed", reason: paused };
  const early = wanted.startAfter - context.now();
  if (early > 0) return { state: "pending", retryAfter: Math.ceil(early / 1000) };
  await context.store.transaction((tables) => assertCurrent(tables, run));
  const refusal = await context.builder.start(request);
  if (refusal !== undefined) return { state: "failed", reason: refusal };
  await record(context, run, factOf(wanted, request.attempt));
  return stillBuilding(0);
}

function factOf({ subject, request: { sha } }: WantedBuild, attempt: number): Fact {
  return { subject, transition: "build requested", cause: attempt === 1 ? sha : `${sha} ${attempt}`, data: {} };
}

function stoppedFact(wanted: WantedBuild, attempt: number): Fact {
  return { ...factOf(wanted, attempt), transition: "build stopped" };
}

function findFact({ store }: Context, { subject, transition, cause }: Fact): Promise<LedgerEntry | undefined> {
  return store.ledger.find(subject, transition, cause);
}
