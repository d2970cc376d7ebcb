import type { Config } from "../../config/config.ts";
import { policyOf } from "../../config/merge.ts";
import { withPolicies } from "../../core/plan/group.ts";
import { dueOf } from "../../core/policy/due.ts";
import { fingerprint } from "../../core/pull/body/boxes.ts";
import { type PullRecord, pullLabels } from "../../core/pull/pull.ts";
import type { Reason } from "../../core/reason.ts";
import type { Repository, RepositoryId } from "../../core/repository.ts";
import { deltaOfScans } from "../../core/verdict/delta.ts";
import { isUnfinished, judge, verdictKey } from "../../core/verdict/judge.ts";
import type { Verdict } from "../../core/verdict/verdict.ts";
import type { Pull } from "../../github/pulls.ts";
import type { Tables } from "../../store/store.ts";
import type { Context, Run } from "../context.ts";
import { listen } from "../conversation/listen.ts";
import { pullSubject } from "../conversation/refusal.ts";
import { pausedReason } from "../pause/pause.ts";
import { findRepository, heldBy } from "../plan/plan.ts";
import { noticeBaseMerge } from "../propose/base-merge.ts";
import { currentConfig, currentReading } from "../read/config.ts";
import { act, assertCurrent, record } from "../record.ts";
import { abandon, type Gathered, gather, unfinishedHead } from "./evidence.ts";
import { noticeChange } from "./present.ts";
import { bodyOf, checkOf } from "./report.ts";
import { askReviewers } from "./reviewers.ts";

/** A pull whose head was judged, and all that the merge needs of it. */
export interface Gated {
  readonly repository: Repository;
  readonly config: Config;
  readonly own: PullRecord;
  readonly pull: Pull;
  /** Why nothing of its repository is done now: it was not looked at any further. */
  readonly held?: Reason;
}

/**
 * Step 4: has the head of a pull built and scanned, judges it, and says so: a check run on the head, and the pull
 * request's body, which nobody else renders. `undefined` when there is no open pull of ours.
 */
export async function gatePull(
  context: Context,
  run: Run,
  id: RepositoryId,
  branch: string,
): Promise<Gated | undefined> {
  const known = await context.store.pulls.get(id, branch);
  if (known?.number === undefined || (known.state === "merged" && unfinishedHead(known) === undefined))
    return undefined;
  const repository = await findRepository(context, id);
  if (repository === undefined) return undefined;
  const found = await context.github.pulls.get(repository, known.number);
  let own = await noticeChange(context, run, repository, known, found);
  const pull = found.merged ? found : await listen(context, run, { repository, own, pull: found });
  if (pull.state !== "open") {
    const config = unfinishedHead(own) === undefined ? undefined : await currentConfig(context, repository);
    if (config !== undefined) await abandon(context, run, repository, config, own);
    return undefined;
  }
  if (own.state !== "open") return undefined;
  own = await noticeBaseMerge(context, run, repository, own, pull.head);
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
  known: PullRecord,
  pull: Pull,
): Promise<Gated | undefined> {
  const reading = await currentReading(context, repository);
  if (reading === undefined) return undefined;
  const { config } = reading;
  const own = { ...known, group: withPolicies(known.group, policyOf(config)) };
  const held = heldBy(config, reading.problems);
  if (held !== undefined) return { repository, config, own, pull, held };
  const isJudged = own.gate?.head === pull.head && !isUnfinished(own.gate.verdict);
  const again = isJudged && (await context.github.checks.isRerequested(repository, pull.head));
  // GitHub remembers that it was asked for again, until we report something.
  if (again && (await pausedReason(context.store.ledger, repository)) !== undefined) {
    return { repository, config, own, pull };
  }
  const now = context.now();
  const subject = {
    sha: pull.head,
    branch: own.branch,
    purpose: "gate",
    since: now,
    startAfter: now,
    again,
  } as const;
  const gathered = await gather(context, run, repository, config, own, subject);
  const verdict = judge(gathered.evidence);
  const judged = await publish(context, run, { repository, config, own, pull }, gathered, verdict, again);
  if (gathered.retryAfter !== undefined) {
    const at = context.now() + gathered.retryAfter * 1000;
    await context.store.jobs.wake({ kind: "pull", repository: own.repository, branch: own.branch }, at);
  }
  if (isUnfinished(verdict)) return judged;
  await askReviewers(context, run, repository, judged.own, pull);
  return judged;
}

/** Writes check run, body and labels, once for the same evidence, and once more when somebody asked for it again. */
async function publish(
  context: Context,
  run: Run,
  gated: Gated,
  gathered: Gathered,
  verdict: Verdict,
  again: boolean,
): Promise<Gated> {
  const { repository, own, pull } = gated;
  const key = verdictKey(gathered.evidence);
  if (own.gate?.head === pull.head && own.gate.key === key && !again) return gated;
  const delta = deltaOfScans(gathered.evidence.scans);
  const gate = { head: pull.head, key, verdict, ...(delta && { delta }) };
  const due = dueOf(own.group, gated.config.due, delta);
  // Until something is known of this head, it says what it was opened with.
  const isNews = own.gate !== undefined || !isUnfinished(verdict) || !pull.body.includes(pull.head);
  const body = isNews ? bodyOf(context, gated, gathered, gate) : undefined;
  const save = ({ pulls }: Pick<Tables, "pulls">) =>
    pulls.update(own.repository, own.branch, (fresh) => ({ ...fresh, gate, due }));
  const write = async () => {
    await context.github.checks.report(repository, checkOf(own, gate, gathered));
    if (body !== undefined && body !== pull.body) await describe(context, gated, body);
    const labels = [...gated.config.commit.labels, ...pullLabels(own.group, delta)];
    const missing = labels.filter((label) => !pull.labels.includes(label));
    if (missing.length > 0) await context.github.pulls.label(repository, pull.number, missing);
  };
  const judged = { ...gated, own: { ...own, gate } };
  if (isUnfinished(verdict)) {
    await context.store.transaction((tables) => assertCurrent(tables, run));
    await write();
    await save(context.store);
    return judged;
  }
  const data = { state: verdict.state, reasons: verdict.reasons.map(({ code }) => code), ...countsOf(delta) };
  const fact = {
    subject: pullSubject(own),
    transition: `verdict ${verdict.state}`,
    cause: `${pull.head} ${key}`,
    data,
  };
  await act(context, run, fact, write, save);
  return judged;
}

/** On record first: a tick in it counts from the moment that it can be seen. */
async function describe({ store, github }: Context, { repository, own, pull }: Gated, body: string): Promise<void> {
  const described = fingerprint(body);
  await store.pulls.update(own.repository, own.branch, (fresh) => ({ ...fresh, described }));
  await github.pulls.update(repository, pull.number, { body });
}

function countsOf(delta: ReturnType<typeof deltaOfScans>) {
  if (delta === undefined) return {};
  const { fixed, introduced, remaining } = delta;
  return { fixed: fixed.length, introduced: introduced.length, remaining: remaining.length };
}
