import type { BuiltImage } from "../builder/builder.ts";
import type { Config } from "../config/load.ts";
import { isAppError } from "../core/errors.ts";
import { compareSeverity, type ScanReport } from "../core/finding.ts";
import type { Outcome } from "../core/outcome.ts";
import type { PullRecord } from "../core/pull.ts";
import { reason } from "../core/reason.ts";
import type { PinnedImage } from "../core/reference.ts";
import type { Repository, Sha } from "../core/repository.ts";
import type { Evidence } from "../core/verdict.ts";
import type { Context } from "./context.ts";
import { type BuildPlan, buildPlanOf, newBases, standsOn } from "./image.ts";
import { scanImage } from "./scan.ts";

/** What the gate knows about one head: the evidence, and what it was read from, for the pull's body. */
export interface Gathered {
  readonly evidence: Evidence;
  readonly built: readonly BuiltImage[];
  readonly before: readonly ScanReport[];
  readonly after: readonly ScanReport[];
  /** Seconds after which it is worth looking again, while something is pending. */
  readonly retryAfter?: number;
}

/** What is to be judged: a pull's head before the merge, or the merge commit after it. */
export interface Subject {
  readonly sha: Sha;
  readonly branch: string;
  readonly purpose: "gate" | "release";
  /** When its build was asked for, in milliseconds since the epoch. */
  readonly since: number;
}

/**
 * Has the subject built, pulls what was built, and scans it beside what the commit below the pull built. Nothing here
 * decides.
 */
export async function gather(
  context: Context,
  repository: Repository,
  config: Config,
  record: PullRecord,
  subject: Subject,
): Promise<Gathered> {
  const common = strictest(record);
  const plan = buildPlanOf(config, record.group);
  if (plan === undefined) {
    const build = { state: "failed", reason: reason("no-builder") } as const;
    return { evidence: { ...common, build, base: "unknown", scans: { state: "pending" } }, ...NOTHING };
  }
  const build = overdue(context, subject, await buildSubject(context, repository, plan, subject));
  if (build.state !== "done") {
    const evidence = { ...common, build, base: "unknown", scans: { state: "pending" } } as const;
    return { evidence, ...NOTHING, ...(build.state === "pending" && { retryAfter: build.retryAfter }) };
  }
  try {
    const base = await baseOf(context, record, build.value);
    const compared = await compare(context, repository, record, plan, build.value);
    const evidence = { ...common, build: { state: "done" }, base, scans: compared.scans } as const;
    return { evidence, ...compared, built: build.value };
  } catch (error) {
    // What the registry does not let us read cannot be judged; a person has to mend that.
    if (!isAppError(error, "DENIED", "INPUT")) throw error;
    const why = reason(error.code === "DENIED" ? "registry-denied" : "registry-answer", error.message);
    const scans = { state: "failed", reason: why } as const;
    return { evidence: { ...common, build: { state: "done" }, base: "unknown", scans }, ...NOTHING };
  }
}

/** How long a build is waited for, in milliseconds: as long as GitHub lets a job run. */
const BUILD_DEADLINE = 6 * 3_600_000;

/** A build that never ends is not waited for by a timer; when it does end, an event tells of it. */
function overdue<T>({ now }: Context, { since }: Subject, build: Outcome<T>): Outcome<T> {
  const isOverdue = build.state === "pending" && now() - since >= BUILD_DEADLINE;
  return isOverdue ? { state: "failed", reason: reason("build-timeout") } : build;
}

/** Seconds after which an outage is looked at again. */
const OUTAGE = 60;

const NOTHING = { built: [], before: [], after: [] };

/** Updates that travel together are judged together, so the strictest policy among them counts. */
export function strictest({ group }: Pick<PullRecord, "group">): Pick<Evidence, "gate" | "signature"> {
  const policies = group.updates.map(({ policy }) => policy);
  const failOn =
    policies
      .map(({ gate }) => gate.failOn)
      .sort(compareSeverity)
      .at(-1) ?? "high";
  const signature = SIGNATURES.find((one) => policies.some((policy) => policy.signature === one)) ?? "prefer";
  return { gate: { failOn }, signature: { policy: signature, state: "not-checked" } };
}

/** From strict to lax. */
const SIGNATURES = ["require", "prefer", "ignore"] as const;

function buildSubject(context: Context, repository: Repository, plan: BuildPlan, subject: Subject) {
  const expected = plan.imageAt(subject.sha);
  const { workflow } = plan;
  return context.builder.build({
    repository,
    sha: subject.sha,
    branch: subject.branch,
    purpose: subject.purpose,
    workflow,
    expected: expected === undefined ? [] : [expected],
  });
}

async function baseOf(context: Context, record: PullRecord, built: readonly BuiltImage[]): Promise<Evidence["base"]> {
  const bases = newBases(record.group);
  if (bases.length === 0) return "not-applicable";
  const answers = await Promise.all(bases.flatMap((base) => built.map((image) => standsOn(context, image, base))));
  if (answers.includes("unknown")) return "unknown";
  return answers.includes("on-new-base") ? "on-new-base" : "not-on-new-base";
}

async function compare(
  context: Context,
  repository: Repository,
  record: PullRecord,
  plan: BuildPlan,
  built: readonly BuiltImage[],
): Promise<Pick<Gathered, "before" | "after" | "retryAfter"> & { readonly scans: Evidence["scans"] }> {
  const after = await scanAll(context, built);
  if (after.state !== "done") return unfinished(after);
  const baseline = await baselineOf(context, repository, record, plan);
  if (baseline.state === "pending") return unfinished(baseline);
  if (baseline.state === "failed")
    return { scans: { state: "done", after: after.value }, before: [], after: after.value };
  const before = await scanBeside(context, baseline.value, after.value);
  if (before.state !== "done") return unfinished(before);
  return {
    scans: { state: "done", before: before.value, after: after.value },
    before: before.value,
    after: after.value,
  };
}

function unfinished(outcome: Exclude<Outcome<unknown>, { state: "done" }>) {
  if (outcome.state === "pending") {
    return { scans: { state: "pending" }, before: [], after: [], retryAfter: outcome.retryAfter } as const;
  }
  // An outage ends by itself, and no event tells of it.
  const isOutage = outcome.reason.code === "scan-unavailable";
  return { scans: outcome, before: [], after: [], ...(isOutage && { retryAfter: OUTAGE }) };
}

/** What the commit below the pull built: found by the name that configuration gives it, else asked of its build. */
async function baselineOf(
  context: Context,
  repository: Repository,
  record: PullRecord,
  plan: BuildPlan,
): Promise<Outcome<readonly PinnedImage[]>> {
  const named = plan.imageAt(record.baseSha);
  const found = named && (await context.registry.resolve(named));
  if (found !== undefined) return { state: "done", value: [found] };
  const { workflow } = plan;
  const request = { repository, sha: record.baseSha, branch: record.base, purpose: "release", workflow } as const;
  return context.builder.build({ ...request, expected: named === undefined ? [] : [named] });
}

/** Scans the old images with the advisories that the new ones were scanned with: an older scan is not comparable. */
async function scanBeside(context: Context, images: readonly PinnedImage[], after: readonly ScanReport[]) {
  const databases = new Set(after.map(({ scanner }) => scanner.database));
  const before = await scanAll(context, images);
  const comparable = before.state !== "done" || before.value.every(({ scanner }) => databases.has(scanner.database));
  return comparable ? before : scanAll(context, images, 0);
}

async function scanAll(
  context: Context,
  images: readonly PinnedImage[],
  maxAge?: number,
): Promise<Outcome<readonly ScanReport[]>> {
  const reports: ScanReport[] = [];
  for (const image of images) {
    const outcome = await scanImage(context, image, maxAge);
    if (outcome.state !== "done") return outcome;
    reports.push(...outcome.value);
  }
  return { state: "done", value: reports };
}
