import type { Job } from "../../core/job.ts";
import { baseOf, type Line } from "../../core/line.ts";
import { type BranchRules, requiresCheck } from "../../core/pull/branch-rules.ts";
import { type RepositoryId, repositoryKey, type Sha } from "../../core/repository.ts";
import { type Allowance, spend } from "../../core/write/allowance.ts";
import { BACKLOG } from "../../core/write/priority.ts";
import type { Tables } from "../../store/store.ts";
import type { Context, Run } from "../context.ts";
import { findRepository } from "../plan/plan.ts";
import { assertCurrent, record } from "../record.ts";
import { PREFIX } from "./present.ts";
import { CHECK } from "./report.ts";

type AnswerJob = Extract<Job, { readonly kind: "answer" }>;

/**
 * What people outside may have us write into one repository: a push of theirs costs them nothing, and each answer takes a part
 * of what GitHub lets the whole organisation write in an hour.
 */
const OUTSIDE = { most: 5, every: 600_000 };
const ANSWERED = "answered outside";
const INTENDED = `${ANSWERED} intended`;

/**
 * Answers our check, neutrally, on the head of a pull that is not ours, where its base requires the check: it would wait for
 * ever. Once for each head, and never on one that we have made or under one of our branch names: there it would speak for a
 * verdict. Pulls of forks are answered behind everything else, and few in an hour.
 */
export async function answerPull(context: Context, run: Run, job: AnswerJob): Promise<void> {
  const { github, store } = context;
  const { repository: id, number } = job;
  // Before GitHub is asked anything: questions are counted, too.
  if (job.outside && (await waitsForAllowance(context, job))) return;
  const repository = await findRepository(context, id);
  if (repository === undefined) return;
  const pull = await github.pulls.get(repository, number);
  if (pull.state !== "open" || (pull.branch.startsWith(PREFIX) && pull.headRepository === id.repository)) return;
  if (pull.headRepository !== id.repository && !job.outside)
    return store.jobs.enqueue({ ...job, outside: true }, BACKLOG);
  if (await isOurs(context, id, pull.head)) return;
  const rules = await github.branches.rules(repository, pull.base);
  if (!requiresCheck(rules, CHECK, await github.installations.app())) return;
  const answer = () => github.checks.report(repository, { ...NOT_OURS, head: pull.head });
  if (job.outside) return answerOutside(context, run, job, pull.head, answer);
  await store.transaction((tables) => assertCurrent(tables, run));
  await answer();
}

const NOT_OURS = {
  name: CHECK,
  externalId: "not ours",
  status: "completed",
  conclusion: "neutral",
  title: "Not a pull request of Oakum's",
  summary:
    "Oakum judges its own pull requests only. It answers here since the rules of the base branch ask for its check.",
  annotations: [],
} as const;

/** Puts the job off while all that may be answered outside is spent. */
async function waitsForAllowance(context: Context, job: AnswerJob): Promise<boolean> {
  const spent = spend(await allowanceOf(context.store, job), OUTSIDE, context.now());
  if (spent.state === "wait") await context.store.jobs.wake(job, spent.until, BACKLOG);
  return spent.state === "wait";
}

/** Once for each head. */
async function answerOutside(context: Context, run: Run, job: AnswerJob, head: Sha, answer: () => Promise<void>) {
  const { store } = context;
  const subject = subjectOf(job);
  if ((await store.ledger.find(subject, ANSWERED, head)) !== undefined) return;
  const until = await store.transaction(async (tables) => {
    await assertCurrent(tables, run);
    return reserve(tables, job, head, context.now());
  });
  if (until !== undefined) return store.jobs.wake(job, until, BACKLOG);
  await answer();
  await record(context, run, { subject, transition: ANSWERED, cause: head, data: { number: job.number } });
}

/**
 * Takes one answer off what may be answered, or says until when there is none. What is left is on the ledger with what is
 * intended, and one job after the other decides: two at once would both take the last.
 */
async function reserve(tables: Tables, job: AnswerJob, head: Sha, now: number): Promise<number | undefined> {
  const subject = subjectOf(job);
  await tables.fences.take(subject);
  if ((await tables.ledger.find(subject, INTENDED, head)) !== undefined) return undefined;
  const spent = spend(await allowanceOf(tables, job), OUTSIDE, now);
  if (spent.state === "wait") return spent.until;
  const data = { number: job.number, ...spent.rest };
  await tables.ledger.append({ subject, transition: INTENDED, cause: head, data }, now);
  return undefined;
}

async function allowanceOf({ ledger }: Pick<Tables, "ledger">, job: AnswerJob): Promise<Allowance | undefined> {
  const { left, at } = (await ledger.newest(subjectOf(job), INTENDED))?.data ?? {};
  return typeof left === "number" && typeof at === "number" ? { left, at } : undefined;
}

function subjectOf({ repository }: AnswerJob): string {
  return `answers:${repositoryKey(repository)}`;
}

/** A commit of ours may be proposed by anyone, from a branch of theirs. */
async function isOurs({ store }: Context, id: RepositoryId, head: Sha): Promise<boolean> {
  return (await store.pulls.list(id)).some(({ heads }) => heads.includes(head));
}

/** Has those open pulls answered whose events were missed, or that were there before the rule. */
export async function answerOpen(context: Context, repository: Line, rules: BranchRules): Promise<void> {
  const { github, store } = context;
  if (!requiresCheck(rules, CHECK, await github.installations.app())) return;
  const { host, installation, repository: id } = repository;
  for (const { number, outside } of await github.checks.unanswered(repository, baseOf(repository), CHECK)) {
    const job = { kind: "answer", repository: { host, installation, repository: id }, number } as const;
    if (outside) await store.jobs.enqueue({ ...job, outside }, BACKLOG);
    else await store.jobs.enqueue(job);
  }
}
