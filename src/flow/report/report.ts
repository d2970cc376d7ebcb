import { isAppError } from "../../core/errors.ts";
import { sha256 } from "../../core/hash.ts";
import type { Job } from "../../core/job.ts";
import { lineKey } from "../../core/line.ts";
import type { Outlook } from "../../core/plan/outlook.ts";
import type { ReportedRepository, ReportInput } from "../../core/report/input.ts";
import { isMarkedReport, renderReport, reportTitle } from "../../core/report/report.ts";
import { type Repository, repositoryKey } from "../../core/repository.ts";
import { canonicalJson } from "../../core/text/canonical-json.ts";
import { STALE_SCAN } from "../../core/view/exposure.ts";
import type { Issue } from "../../github/issues.ts";
import type { IndexedRepository } from "../../store/inverted-index.ts";
import type { Tables } from "../../store/store.ts";
import type { Context, Run } from "../context.ts";
import { pausedReason } from "../pause/pause.ts";
import { findRepository } from "../plan/plan.ts";
import { act } from "../record.ts";
import { offerProposing } from "./onboard.ts";
import { readRulesAhead, rulesOf } from "./rules-ahead.ts";

type ReportJob = Extract<Job, { readonly kind: "report" }>;

/** Milliseconds in which what belongs together is waited for, and between two writings of one report. */
const SETTLING = 60_000;
const SELDOM = 3_600_000;

const WRITTEN = "report written";
const OPENED = "report opened";

/** Has the report of an installation looked at soon: what changes in the next minute comes along. */
export async function wakeReport(
  { jobs }: Pick<Tables, "jobs">,
  { host, installation }: Pick<ReportJob, "host" | "installation">,
  now: number,
): Promise<void> {
  await jobs.wake({ kind: "report", host, installation }, now + SETTLING);
}

/** The same of every installation with a repository in the index. */
export async function wakeReports(context: Context): Promise<void> {
  const repositories = await context.store.index.repositories();
  const installations = new Map(repositories.map((one) => [`${one.host}/${one.installation}`, one]));
  for (const one of installations.values()) await wakeReport(context.store, one, context.now());
}

/**
 * Tells an organisation what Oakum sees in it, by one issue in its policy repository; and offers there, once, to turn
 * proposing on. Where the operator named no policy repository of this installation there is nowhere to tell it, and nothing
 * is ever written.
 */
export async function reportOrganisation(context: Context, run: Run, job: ReportJob): Promise<void> {
  const { index, jobs, ledger } = context.store;
  if ((await pausedReason(ledger, job)) !== undefined) return jobs.wake(job, context.now() + SELDOM);
  const all = await index.repositories();
  const own = all.filter(({ host, installation }) => host === job.host && installation === job.installation);
  const { policyRepositories: ids } = context.operation;
  const policy = ids.flatMap((id) => own.filter(({ repository }) => repository === id))[0];
  const repository = policy && (await findRepository(context, policy));
  if (repository === undefined) return;
  try {
    const onboarding = await offerProposing(context, run, repository);
    const outlooks = await context.store.outlooks.list(job);
    const told = toldOf(repository, own);
    const more = await readRulesAhead(context, run, told, outlooks);
    const hidden = own.length - told.length;
    await publish(
      context,
      run,
      repository,
      await describe(context, { policy: repository, told, hidden, outlooks, onboarding }),
    );
    if (more) await jobs.wake(job, context.now() + SELDOM);
  } catch (error) {
    if (!isAppError(error, "DENIED")) throw error;
    context.log.warn({ job: run.key, reason: error.message }, "the report cannot be written");
  }
}

/** Who may read the policy repository reads of it what the others hold: a public one tells of public ones only. */
function toldOf(policy: Repository, own: readonly IndexedRepository[]): readonly IndexedRepository[] {
  return policy.private && policy.internal !== true ? own : own.filter((one) => !one.private);
}

async function describe(
  context: Context,
  known: {
    readonly policy: Repository;
    readonly told: readonly IndexedRepository[];
    readonly hidden: number;
    readonly outlooks: ReadonlyMap<string, Outlook>;
    readonly onboarding: ReportInput["onboarding"];
  },
): Promise<ReportInput> {
  const { policy, told, hidden, outlooks, onboarding } = known;
  const repositories: ReportedRepository[] = [];
  for (const one of told) {
    const outlook = outlooks.get(repositoryKey(one));
    if (outlook === undefined) continue;
    repositories.push({ name: `${one.owner}/${one.name}`, outlook, rules: await rulesOf(context, one, outlook) });
  }
  const viewer = told.map((one) => repositoryKey(one));
  const unplanned = told.length - repositories.length;
  for (const one of told.filter(({ maintained }) => maintained !== undefined)) {
    for (const { base } of await context.store.index.lines(one)) {
      const outlook = outlooks.get(lineKey({ ...one, base }));
      if (outlook === undefined) continue;
      repositories.push({ name: `${one.owner}/${one.name} (${base})`, isLine: true, outlook, rules: [] });
    }
  }
  const { exposure } = await context.store.views.summary({ viewer, freshSince: context.now() - STALE_SCAN });
  return { organisation: policy.owner, exposure, repositories, hidden, unplanned, onboarding };
}

/** Writes the report where its text is another than what stands there: not more than once an hour, and never into a closed issue. */
async function publish(context: Context, run: Run, repository: Repository, input: ReportInput): Promise<void> {
  const written = { title: reportTitle(input), body: renderReport(input) };
  const standing = await findReport(context, run, repository);
  if (standing === "gone" || standing?.state === "closed") return;
  if (standing !== undefined && isSame(standing, written)) return;
  const last = await context.store.ledger.newest(run.key, WRITTEN);
  const due = last === undefined ? 0 : Date.parse(last.at) + SELDOM;
  if (due > context.now()) {
    const { host, installation } = repository;
    return context.store.jobs.wake({ kind: "report", host, installation }, due);
  }
  // What was written before is part of the cause: a text that is true again is news.
  const cause = sha256(canonicalJson({ ...written, after: last?.sequence ?? 0 }));
  await act(
    context,
    run,
    { subject: run.key, transition: WRITTEN, cause, data: {} },
    () => write(context, repository, standing, written),
    async ({ ledger }, number) => {
      const data = { repository: repository.repository, number };
      await ledger.append({ subject: run.key, transition: OPENED, cause: canonicalJson(data), data }, context.now());
    },
  );
}

/** Answers with the issue's number. */
async function write(
  { github }: Context,
  repository: Repository,
  standing: Issue | undefined,
  written: Pick<Issue, "title" | "body">,
): Promise<number> {
  if (standing === undefined) return (await github.issues.create(repository, written)).number;
  await github.issues.update(repository, standing.number, written);
  return standing.number;
}

/**
 * The report as it stands; `undefined` when there was none yet. It is known by who wrote it, and by its number on the ledger
 * or, should a try have died before that was written, by its mark. One that is there no more was taken away by a person,
 * which is a no.
 */
async function findReport(context: Context, run: Run, repository: Repository): Promise<Issue | "gone" | undefined> {
  const opened = (await context.store.ledger.newest(run.key, OPENED))?.data;
  if (opened?.repository === repository.repository && typeof opened.number === "number") {
    return (await context.github.issues.get(repository, opened.number)) ?? "gone";
  }
  return (await context.github.issues.ours(repository)).find(({ body }) => isMarkedReport(body));
}

/** GitHub keeps line ends as a browser sends them. */
function isSame(standing: Issue, { title, body }: Pick<Issue, "title" | "body">): boolean {
  return standing.title === title && standing.body.replaceAll("\r\n", "\n").trim() === body.trim();
}
