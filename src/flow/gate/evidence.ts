import type { BuiltImage } from "../../builder/builder.ts";
import type { Config } from "../../config/config.ts";
import { isAppError } from "../../core/errors.ts";
import { jobKey } from "../../core/job.ts";
import type { Outcome } from "../../core/outcome.ts";
import { isBuilt } from "../../core/plan/group.ts";
import { strictestOf } from "../../core/policy/strictness.ts";
import type { PullRecord } from "../../core/pull/pull.ts";
import { type Reason, reason, sentence } from "../../core/reason.ts";
import type { PinnedImage } from "../../core/reference.ts";
import type { Repository, Sha } from "../../core/repository.ts";
import { isUnfinished } from "../../core/verdict/judge.ts";
import type { Evidence } from "../../core/verdict/verdict.ts";
import type { Context, Run } from "../context.ts";
import { pullSubject } from "../conversation/refusal.ts";
import { build, requested, stopBuild, type WantedBuild } from "./build.ts";
import { type BuildPlan, buildPlanOf, newBases, standsOn } from "./image.ts";
import { scanBeside } from "./scan.ts";
import { gatherUnbuilt } from "./unbuilt.ts";

/** What the gate knows about one head: the evidence, and what was built, for the pull's body. */
export interface Gathered {
  readonly evidence: Evidence;
  readonly built: readonly BuiltImage[];
  /** Seconds after which it is worth looking again, while something is pending. */
  readonly retryAfter?: number;
}

/** What is to be judged: a pull's head before the merge, or the merge commit after it. Times: milliseconds since the epoch. */
export interface Subject {
  readonly sha: Sha;
  readonly branch: string;
  readonly purpose: "gate" | "release";
  /** Since when its build is waited for, and when it is asked for at the earliest. */
  readonly since: number;
  readonly startAfter: number;
  /** Whether it is a part of what is under way already. */
  readonly underWay?: boolean;
  /** Whether a person asked for another try, should the build have failed. */
  readonly again: boolean;
}

/**
 * Has the subject built, pulls what was built, and scans it beside what the commit below the pull built. Nothing here
 * decides.
 */
export async function gather(
  context: Context,
  run: Run,
  repository: Repository,
  config: Config,
  own: PullRecord,
  subject: Subject,
): Promise<Gathered> {
  const common = strictest(own);
  if (!isBuilt(own.group)) {
    const { evidence, ...rest } = await gatherUnbuilt(context, own.group);
    return { evidence: { ...common, ...evidence }, built: [], ...rest };
  }
  const plan = buildPlanOf(config, own.group);
  if (plan === undefined) {
    const failed = { state: "failed", reason: reason("no-builder") } as const;
    return { evidence: { ...common, build: failed, base: "unknown", scans: { state: "pending" } }, built: [] };
  }
  const wanted = wantedBuild(repository, plan, own, subject);
  const built = await build(context, run, wanted);
  if (built.state !== "done") {
    const evidence = { ...common, build: built, base: "unknown", scans: { state: "pending" } } as const;
    return { evidence, built: [], ...(built.state === "pending" && { retryAfter: built.retryAfter }) };
  }
  const done = { ...common, build: { state: "done" } } as const;
  try {
    const base = await baseOf(context, own, built.value);
    const since = (await requested(context, wanted)).at ?? subject.since;
    const old = await baselineOf(context, run, repository, own, plan, since);
    const { scans, ...rest } = await compare(context, old, built.value);
    return { evidence: { ...done, base, scans }, built: built.value, ...rest };
  } catch (error) {
    // What the registry does not let us read cannot be judged; a person has to mend that.
    if (!isAppError(error, "DENIED", "INPUT")) throw error;
    const why = reason(error.code === "DENIED" ? "registry-denied" : "registry-answer", error.message);
    return { evidence: { ...done, base: "unknown", scans: { state: "failed", reason: why } }, built: [] };
  }
}

/** Stops what the last verdict waits for, where that head is not to be judged any more: the pull ended, or carries another. */
export async function abandon(
  context: Context,
  run: Run,
  repository: Repository,
  config: Config,
  own: PullRecord,
): Promise<void> {
  const plan = buildPlanOf(config, own.group);
  const sha = unfinishedHead(own);
  if (plan === undefined || sha === undefined) return;
  const subject = { sha, branch: own.branch, purpose: "gate", since: 0, startAfter: 0, again: false } as const;
  await stopBuild(context, run, wantedBuild(repository, plan, own, subject));
}

/** The head whose verdict was last given, while that waits for its build or scans. */
export function unfinishedHead({ gate }: PullRecord): Sha | undefined {
  return gate !== undefined && isUnfinished(gate.verdict) ? gate.head : undefined;
}

/** Seconds after which an outage is looked at again. */
const OUTAGE = 60;

/** Updates that travel together are judged together, so the strictest policy among them counts. */
export function strictest({ group }: Pick<PullRecord, "group">): Pick<Evidence, "gate" | "signature"> {
  const { gate, signature } = strictestOf(group.updates.map(({ policy }) => policy));
  return { gate, signature: { policy: signature, state: "not-checked" } };
}

function wantedBuild(repository: Repository, plan: BuildPlan, own: PullRecord, subject: Subject): WantedBuild {
  const { sha, branch, purpose, ...rest } = subject;
  const expected = plan.imageAt(sha);
  return {
    request: {
      repository,
      sha,
      branch,
      purpose,
      workflow: plan.workflow,
      expected: expected === undefined ? [] : [expected],
    },
    subject: purpose === "gate" ? pullSubject(own) : jobKey({ kind: "release", repository, merge: sha }),
    ...rest,
  };
}

async function baseOf(
  context: Context,
  { group }: PullRecord,
  built: readonly BuiltImage[],
): Promise<Evidence["base"]> {
  const bases = newBases(group);
  if (bases.length === 0) return "not-applicable";
  const answers = await Promise.all(bases.flatMap((base) => built.map((image) => standsOn(context, image, base))));
  if (answers.includes("unknown")) return "unknown";
  return answers.includes("on-new-base") ? "on-new-base" : "not-on-new-base";
}

async function compare(
  context: Context,
  old: Outcome<readonly PinnedImage[]>,
  built: readonly BuiltImage[],
): Promise<Pick<Gathered, "retryAfter"> & { readonly scans: Evidence["scans"] }> {
  if (old.state === "failed") return { scans: { state: "failed", reason: withoutBaseline(old.reason) } };
  const scans = old.state === "pending" ? old : await scanBeside(context, old.value, built);
  if (scans.state === "done") return { scans: { state: "done", ...scans.value } };
  if (scans.state === "pending") return { scans: { state: "pending" }, retryAfter: scans.retryAfter };
  // An outage ends by itself, and no event tells of it.
  const isOutage = scans.reason.code === "scan-unavailable";
  return { scans, ...(isOutage && { retryAfter: OUTAGE }) };
}

/** A permission can be granted; whatever else kept the old commit from being built is over. */
function withoutBaseline(why: Reason): Reason {
  return why.code === "permission-missing" ? why : reason("baseline-missing", sentence(why));
}

/**
 * What the commit below the pull built: found by the name that configuration gives it, else asked of its build.
 * @param since from when its build is waited for, in milliseconds since the epoch
 */
async function baselineOf(
  context: Context,
  run: Run,
  repository: Repository,
  own: PullRecord,
  plan: BuildPlan,
  since: number,
): Promise<Outcome<readonly PinnedImage[]>> {
  const named = plan.imageAt(own.baseSha);
  const found = named && (await context.registry.resolve(named));
  if (found !== undefined) return { state: "done", value: [found] };
  const subject = {
    sha: own.baseSha,
    branch: own.base,
    purpose: "release",
    since,
    startAfter: 0,
    underWay: true,
    again: false,
  } as const;
  return build(context, run, wantedBuild(repository, plan, own, subject));
}
