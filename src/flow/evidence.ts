import type { BuiltImage } from "../builder/builder.ts";
import type { Config } from "../config/load.ts";
import type { ScanReport } from "../core/finding.ts";
import type { Outcome } from "../core/outcome.ts";
import type { PullRecord } from "../core/pull.ts";
import { reason } from "../core/reason.ts";
import type { PinnedImage } from "../core/reference.ts";
import type { Repository, Sha } from "../core/repository.ts";
import type { Evidence } from "../core/verdict.ts";
import type { Context } from "./context.ts";
import { type BuildPlan, buildOf, newBases, standsOn } from "./image.ts";
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

/** Builds the head, pulls what was built, and scans it beside what the base commit built. Nothing here decides. */
export async function gather(
  context: Context,
  repository: Repository,
  config: Config,
  record: PullRecord,
  head: Sha,
): Promise<Gathered> {
  const policy = record.group.updates.map((update) => update.policy);
  const [strictest] = policy;
  const common = {
    gate: { failOn: strictest?.gate.failOn ?? "high" },
    signature: { policy: strictest?.signature ?? "prefer", state: "not-checked" },
  } as const;
  const plan = buildOf(config, record.group);
  if (plan === undefined) {
    const build = { state: "failed", reason: reason("no-builder") } as const;
    return { evidence: { ...common, build, base: "unknown", scans: { state: "pending" } }, ...NOTHING };
  }
  const build = await buildHead(context, repository, record, plan, head);
  if (build.state !== "done") {
    const evidence = { ...common, build, base: "unknown", scans: { state: "pending" } } as const;
    return { evidence, ...NOTHING, ...(build.state === "pending" && { retryAfter: build.retryAfter }) };
  }
  const base = await baseOf(context, record, build.value);
  const compared = await compare(context, repository, record, plan, build.value);
  return { evidence: { ...common, build: { state: "done" }, base, scans: compared.scans }, ...compared, built: build.value };
}

const NOTHING = { built: [], before: [], after: [] };

function buildHead(context: Context, repository: Repository, record: PullRecord, plan: BuildPlan, head: Sha) {
  const expected = plan.imageAt(head);
  const { workflow } = plan;
  const request = { repository, sha: head, branch: record.branch, purpose: "gate", workflow } as const;
  return context.builder.build({ ...request, expected: expected === undefined ? [] : [expected] });
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
  if (baseline.state === "failed") return { scans: { state: "done", after: after.value }, before: [], after: after.value };
  const before = await scanAll(context, baseline.value);
  if (before.state !== "done") return unfinished(before);
  return {
    scans: { state: "done", before: before.value, after: after.value },
    before: before.value,
    after: after.value,
  };
}

function unfinished(outcome: Exclude<Outcome<unknown>, { state: "done" }>) {
  const scans = outcome.state === "pending" ? ({ state: "pending" } as const) : outcome;
  return { scans, before: [], after: [], ...(outcome.state === "pending" && { retryAfter: outcome.retryAfter }) };
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

async function scanAll(context: Context, images: readonly PinnedImage[]): Promise<Outcome<readonly ScanReport[]>> {
  const reports: ScanReport[] = [];
  for (const image of images) {
    const outcome = await scanImage(context, image);
    if (outcome.state !== "done") return outcome;
    reports.push(...outcome.value);
  }
  return { state: "done", value: reports };
}
