import { isKept } from "../../config/branches.ts";
import { ignoredBy, policyOf } from "../../config/merge.ts";
import { sha256 } from "../../core/hash.ts";
import { withPolicies } from "../../core/plan/group.ts";
import { strictestOf } from "../../core/policy/strictness.ts";
import { requiresCheck } from "../../core/pull/branch-rules.ts";
import {
  type GroupBranch,
  judgeGroup,
  parseGroup,
  pullsOfGroup,
  QUEUE_BRANCHES,
  type QueuedPull,
} from "../../core/pull/merge-group.ts";
import { objectionsTo } from "../../core/pull/permitted.ts";
import type { PullRecord } from "../../core/pull/pull.ts";
import { reasonsToLeave } from "../../core/pull/queue.ts";
import { type Reason, reason, sentence } from "../../core/reason.ts";
import type { Repository, RepositoryId, Sha } from "../../core/repository.ts";
import { canonicalJson } from "../../core/text/canonical-json.ts";
import { code, escapeText } from "../../core/text/markdown.ts";
import type { CheckReport } from "../../github/checks.ts";
import type { Context, Run } from "../context.ts";
import { wishesOf } from "../conversation/wishes.ts";
import { CHECK } from "../gate/report.ts";
import { pausedReason } from "../pause/pause.ts";
import { findRepository, heldBy } from "../plan/plan.ts";
import { isDerivedOn } from "../propose/derive.ts";
import { currentConfig, currentReading } from "../read/config.ts";
import { assertCurrent } from "../record.ts";
import { quarantined, tagState } from "./facts.ts";
import { mergeClosed } from "./window.ts";

/** Milliseconds after which a registry that did not answer is asked again. */
const LOOK_AGAIN = 60_000;

/**
 * Answers our check on what a merge queue tests, where the base requires it. What we judged were heads of ours, each by itself: a
 * group with one of them passes only while that verdict, its edits and its tags still hold. A pull of somebody else's is none of
 * our business, and would wait for ever without an answer.
 */
export async function answerGroup(context: Context, run: Run, id: RepositoryId, branch: string): Promise<void> {
  const group = parseGroup(branch);
  const repository = group && (await findRepository(context, id));
  if (group === undefined || repository === undefined) return;
  const heads = await context.github.branches.matching(repository, `${QUEUE_BRANCHES}${group.base}/`);
  const head = heads.get(branch);
  if (head === undefined) return;
  const rules = await context.github.branches.rules(repository, group.base);
  if (!requiresCheck(rules, CHECK, await context.github.installations.app())) return;
  const records = await context.store.pulls.list(repository);
  const pulls = await ownPulls(context, repository, records, pullsOfGroup(branch, heads));
  const verdict = judgeGroup(pulls);
  if (verdict.state === "none" && isJudgedElsewhere(head, heads, records)) return;
  await context.store.transaction((tables) => assertCurrent(tables, run));
  await context.github.checks.report(repository, reportOf(head, verdict, pulls.length));
  context.log.info({ group: branch, state: verdict.state, reasons: verdict.reasons }, "merge group answered");
  for (const { own } of pulls.filter(({ leaving }) => leaving.length > 0)) {
    await context.store.jobs.enqueue({ kind: "pull", repository: id, branch: own });
  }
  if (verdict.state === "wait") {
    await context.store.jobs.wake({ kind: "group", repository: id, branch }, context.now() + LOOK_AGAIN);
  }
}

/**
 * Whether a commit has an answer of its own: it is a head of ours, or what another branch of the queue tests with one of ours in it.
 * Who may push a branch of such a name must not get a milder one for it.
 */
function isJudgedElsewhere(head: Sha, heads: ReadonlyMap<string, Sha>, records: readonly PullRecord[]): boolean {
  if (records.some((own) => own.heads.includes(head))) return true;
  const numbers = new Set(records.map(({ number }) => number));
  const same = [...heads].flatMap(([name, sha]) => (sha === head ? [name] : []));
  return same.some((name) => pullsOfGroup(name, heads).some(({ number }) => numbers.has(number)));
}

/** A pull of ours in a group, with its branch. */
interface OwnPull extends QueuedPull {
  readonly own: string;
}

/** Those that are ours, each as it stands now. */
async function ownPulls(
  context: Context,
  repository: Repository,
  records: readonly PullRecord[],
  group: readonly (GroupBranch & { readonly head: Sha })[],
): Promise<readonly OwnPull[]> {
  const pulls: OwnPull[] = [];
  for (const { number, base, parent, head } of group) {
    const own = records.find((record) => record.number === number);
    if (own !== undefined) pulls.push(await observe(context, repository, own, { branch: base, base: parent, head }));
  }
  return pulls;
}

/** The group's own commit is looked at: what it changes on what it stands on must be our edits, derived again there. */
async function observe(
  context: Context,
  repository: Repository,
  own: PullRecord,
  step: { readonly branch: string; readonly base: Sha; readonly head: Sha },
): Promise<OwnPull> {
  const { head, headRepository, base } = await context.github.pulls.get(repository, own.number ?? 0);
  const references = own.group.updates.map(({ to }) => to);
  const isMeant = own.base === step.branch && base === own.base && (await isLine(context, repository, base));
  return {
    own: own.branch,
    head,
    verdict: own.gate,
    headRecorded: own.heads.includes(head) && headRepository === repository.repository,
    diffEqual: await isDerivedOn(context, repository, own.group, step),
    tag: await tagState(context, references),
    refusals: [...(isMeant ? [] : [reason("base-moved")]), ...(await quarantined(context, own.repository, references))],
    leaving: reasonsToLeave(own.queue, head, await closedNow(context, repository, own)),
  };
}

/** Whether a base is the default branch, or one that the configuration of now keeps patched. */
async function isLine(context: Context, repository: Repository, base: string): Promise<boolean> {
  if (base === repository.defaultBranch) return true;
  const config = await currentConfig(context, repository);
  return config !== undefined && isKept(config, repository.defaultBranch, base);
}

/** What keeps a pull from being merged at this time, by the configuration of now: a freeze may have been written since. */
async function closedNow(context: Context, repository: Repository, own: PullRecord): Promise<readonly Reason[]> {
  const { ledger } = context.store;
  const paused = (await pausedReason(ledger, repository)) ?? (await wishesOf(ledger, own, context.now())).paused;
  if (paused !== undefined) return [paused];
  const reading = await currentReading(context, repository);
  const held = reading && heldBy(reading.config, reading.problems);
  if (reading === undefined || held !== undefined) return held === undefined ? [] : [held];
  const group = withPolicies(own.group, policyOf(reading.config));
  const closed = mergeClosed(context, { group });
  const { merge } = strictestOf(group.updates.map(({ policy }) => policy));
  return [
    ...(closed ? [closed.reason] : []),
    ...(merge === "never" ? [reason("merge-never")] : []),
    ...objectionsTo(group, ignoredBy(reading.config)),
  ];
}

const LONGEST = 500;
const TITLES = {
  pass: "Pass: what was judged is what the queue merges",
  none: "No pull request of Oakum's in this group",
  wait: "Waiting",
  fail: "Fail: this group may not merge",
} as const;
const CONCLUSIONS = { pass: "success", none: "neutral", fail: "failure" } as const;

function reportOf(
  head: Sha,
  { state, reasons }: { readonly state: keyof typeof TITLES; readonly reasons: readonly Reason[] },
  count: number,
): CheckReport {
  const lines = reasons.map((why) => `- ${escapeText(sentence(why), LONGEST)}`);
  const about = `${count} of Oakum's pull requests in ${code(head.slice(0, 7), 7)}.`;
  return {
    name: CHECK,
    head,
    externalId: `group ${sha256(canonicalJson({ head, state, reasons }))}`,
    ...(state === "wait"
      ? { status: "in_progress" as const }
      : { status: "completed" as const, conclusion: CONCLUSIONS[state] }),
    title: TITLES[state],
    summary: [about, ...lines].join("\n"),
    annotations: [],
  };
}
