import type { Config } from "../config/load.ts";
import { renderCheckSummary } from "../core/check-summary.ts";
import { deltaOfScans } from "../core/delta.ts";
import { isUnfinished, judge, verdictKey } from "../core/judge.ts";
import { type PullRecord, pullLabels } from "../core/pull.ts";
import { renderPullBody } from "../core/pull-body.ts";
import { sentence } from "../core/reason.ts";
import type { Digest } from "../core/reference.ts";
import type { Repository, RepositoryId } from "../core/repository.ts";
import type { UpdateGroup } from "../core/update.ts";
import type { Verdict } from "../core/verdict.ts";
import type { Annotation, CheckReport, Pull } from "../github/github.ts";
import type { Context, Run } from "./context.ts";
import { type Gathered, gather } from "./evidence.ts";
import { findRepository } from "./plan.ts";
import { noticeEnd, pullSubject } from "./present.ts";
import { readConfig, readTree } from "./read.ts";
import { act, record } from "./record.ts";

/** The name of our check run: what a ruleset requires. */
const CHECK = "oakum";

/** A pull whose head was judged, and all that the merge needs of it. */
export interface Gated {
  readonly repository: Repository;
  readonly config: Config;
  readonly own: PullRecord;
  readonly pull: Pull;
}

/**
 * Step 4: has the head of a pull built and scanned, judges it, and says so: a check run on the head, and the pull
 * request's body, which nobody else renders. `undefined` when there is no open pull, or while its verdict is not final.
 */
export async function gatePull(
  context: Context,
  run: Run,
  id: RepositoryId,
  branch: string,
): Promise<Gated | undefined> {
  const own = await context.store.pulls.get(id, branch);
  const repository = own?.number === undefined || own.state !== "open" ? undefined : await findRepository(context, id);
  if (own?.number === undefined || repository === undefined) return undefined;
  const pull = await context.github.pulls.get(repository, own.number);
  if (pull.state !== "open") {
    await noticeEnd(context, run, own, pull);
    return undefined;
  }
  if (!own.heads.includes(pull.head)) {
    const fact = { subject: pullSubject(own), transition: "left to its new author", cause: pull.head, data: {} };
    await record(context, run, fact);
    return undefined;
  }
  return judgeHead(context, run, repository, own, pull);
}

async function judgeHead(
  context: Context,
  run: Run,
  repository: Repository,
  own: PullRecord,
  pull: Pull,
): Promise<Gated | undefined> {
  const head = await context.github.trees.head(repository, repository.defaultBranch);
  if (head === undefined) return undefined;
  const { config } = await readConfig(context, repository, await readTree(context, repository, head));
  const subject = { sha: pull.head, branch: own.branch, purpose: "gate" } as const;
  await record(context, run, { subject: pullSubject(own), transition: "build requested", cause: pull.head, data: {} });
  const gathered = await gather(context, repository, config, own, subject);
  const verdict = judge(gathered.evidence);
  const judged = await publish(context, run, { repository, config, own, pull }, gathered, verdict);
  if (gathered.retryAfter !== undefined) {
    const at = context.now() + gathered.retryAfter * 1000;
    await context.store.jobs.wake({ kind: "pull", repository: own.repository, branch: own.branch }, at);
  }
  return isUnfinished(verdict) ? undefined : judged;
}

/** Writes check run, body and labels, once for the same evidence. */
async function publish(context: Context, run: Run, gated: Gated, gathered: Gathered, verdict: Verdict): Promise<Gated> {
  const { repository, own, pull } = gated;
  const key = verdictKey(gathered.evidence);
  if (own.gate?.head === pull.head && own.gate.key === key) return gated;
  const delta = deltaOfScans(gathered.evidence.scans);
  const gate = { head: pull.head, key, verdict, ...(delta && { delta }) };
  const write = async () => {
    await context.github.checks.report(repository, checkOf(own, gate, gathered));
    const body = bodyOf(context, gated, gathered, verdict);
    if (body !== pull.body) await context.github.pulls.update(repository, pull.number, { body });
    const labels = [...gated.config.commit.labels, ...pullLabels(own.group, delta)];
    const missing = labels.filter((label) => !pull.labels.includes(label));
    if (missing.length > 0) await context.github.pulls.label(repository, pull.number, missing);
  };
  const judged = { ...gated, own: { ...own, gate } };
  if (isUnfinished(verdict)) {
    await write();
    await context.store.pulls.update(own.repository, own.branch, (fresh) => ({ ...fresh, gate }));
    return judged;
  }
  const data = { state: verdict.state, reasons: verdict.reasons.map(({ code }) => code), ...countsOf(delta) };
  const fact = {
    subject: pullSubject(own),
    transition: `verdict ${verdict.state}`,
    cause: `${pull.head} ${key}`,
    data,
  };
  await act(context, run, fact, write, (tables) =>
    tables.pulls.update(own.repository, own.branch, (fresh) => ({ ...fresh, gate })),
  );
  return judged;
}

function countsOf(delta: ReturnType<typeof deltaOfScans>) {
  if (delta === undefined) return {};
  const { fixed, introduced, remaining } = delta;
  return { fixed: fixed.length, introduced: introduced.length, remaining: remaining.length };
}

function checkOf(own: PullRecord, gate: NonNullable<PullRecord["gate"]>, gathered: Gathered): CheckReport {
  const { title, summary } = renderCheckSummary({
    group: own.group,
    verdict: gate.verdict,
    evidence: gathered.evidence,
  });
  const common = {
    name: CHECK,
    head: gate.head,
    externalId: gate.key,
    title,
    summary,
    annotations: annotations(own, gate),
  };
  return isUnfinished(gate.verdict)
    ? { ...common, status: "in_progress" }
    : { ...common, status: "completed", conclusion: CONCLUSIONS[gate.verdict.state] };
}

/** A held verdict blocks the merge as a failed one does: unknown is never clean. */
const CONCLUSIONS = { pass: "success", fail: "failure", held: "action_required" } as const;

/** Where the head names the image, for every place that it changes. */
function annotations({ group }: PullRecord, { verdict }: NonNullable<PullRecord["gate"]>): readonly Annotation[] {
  // Annotations can only be added to: the ones of an unfinished report would stay for ever.
  if (verdict.state === "pass" || isUnfinished(verdict)) return [];
  const level = verdict.state === "fail" ? "failure" : "warning";
  const message = verdict.reasons.map(sentence).join("\n");
  return group.updates.flatMap(({ to, changes }) =>
    changes.map(({ use }) => ({ path: use.path, line: use.line, level, title: to.tag ?? "image", message }) as const),
  );
}

function bodyOf(context: Context, { own, pull, config }: Gated, gathered: Gathered, verdict: Verdict): string {
  return renderPullBody({
    group: own.group,
    branch: own.branch,
    head: pull.head,
    evidence: gathered.evidence,
    verdict,
    built: gathered.built,
    stages: config.deploy,
    firstSeen: firstSeenOf(own.group),
    now: context.now(),
  });
}

/** The body that a pull request is opened with: what is known before anything was built. */
export function openingBody(context: Context, own: PullRecord, config: Config): string {
  const policy = own.group.updates[0]?.policy;
  return renderPullBody({
    group: own.group,
    branch: own.branch,
    head: own.heads.at(-1) ?? "",
    evidence: {
      build: { state: "pending" },
      base: "unknown",
      scans: { state: "pending" },
      gate: policy?.gate ?? { failOn: "high" },
      signature: { policy: policy?.signature ?? "prefer", state: "not-checked" },
    },
    built: [],
    stages: config.deploy,
    firstSeen: firstSeenOf(own.group),
    now: context.now(),
  });
}

function firstSeenOf({ updates }: UpdateGroup): ReadonlyMap<Digest, number> {
  return new Map(
    updates.flatMap(({ to, firstSeen }) =>
      to.digest && firstSeen !== undefined ? [[to.digest, firstSeen] as const] : [],
    ),
  );
}
