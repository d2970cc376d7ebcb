import { type ConfigProblem, describeProblem, hasErrors } from "../../config/problem.ts";
import { isAppError } from "../../core/errors.ts";
import { sha256 } from "../../core/hash.ts";
import type { LedgerEntry } from "../../core/ledger.ts";
import type { Repository } from "../../core/repository.ts";
import { canonicalJson } from "../../core/text/canonical-json.ts";
import { code, escapeText } from "../../core/text/markdown.ts";
import { plainText } from "../../core/text/plain-text.ts";
import type { Context, Run } from "../context.ts";
import type { RepositoryPlan } from "../plan/plan.ts";
import { type ConfigReading, ORGANISATION_ORIGIN } from "../read/config.ts";
import { isPolicyRepository } from "../read/policy.ts";
import { ORGANISATION_CONFIG, REPOSITORY_CONFIG } from "../read/read.ts";
import { act } from "../record.ts";

const ELSEWHERE = "- The organisation's configuration has problems: its own repository's check says which.";
const UNREADABLE = "- The organisation's configuration cannot be read: whoever runs Oakum can mend that.";
/** A sentence about a problem may quote what stands there. */
const LONGEST = 500;

const REPORTED = "configuration reported";

/**
 * Says on the default branch's head what is wrong with the configuration, at its lines, whenever that has changed: also
 * that nothing is wrong any more, when it was mended elsewhere and this commit has been told otherwise.
 */
export async function reportConfig(context: Context, run: Run, planned: RepositoryPlan): Promise<void> {
  const { repository, extraction, reading } = planned;
  const { commit } = extraction;
  const problems = reading.problems.map(describeProblem);
  const before = await toldBefore(context, run, planned);
  if (isTold(before, planned)) return;
  // What was told before is part of the cause: a fault that is back after it was mended is news.
  const cause = sha256(canonicalJson({ commit, problems, after: before?.sequence }));
  const check = { ...checkOf(context, repository, reading), head: commit, externalId: `config ${cause}` };
  try {
    await act(
      context,
      run,
      { subject: run.key, transition: REPORTED, cause, data: { commit, problems } },
      () => context.github.checks.report(repository, check),
      async () => {},
    );
  } catch (error) {
    // An App of the observe tier may write no checks; then the organisation's report alone says it.
    if (!isAppError(error, "DENIED")) throw error;
    context.log.warn({ job: run.key, reason: error.message }, "the configuration's problems cannot be reported");
  }
}

/** Whether what there is to say of the configuration of this commit has been said. */
export async function isReported(context: Context, run: Run, planned: RepositoryPlan): Promise<boolean> {
  return isTold(await toldBefore(context, run, planned), planned);
}

async function toldBefore({ store }: Context, run: Run, { extraction }: RepositoryPlan) {
  const told = await store.ledger.newest(run.key, REPORTED);
  return told?.data.commit === extraction.commit ? told : undefined;
}

function isTold(before: LedgerEntry | undefined, { reading }: RepositoryPlan): boolean {
  return canonicalJson(before?.data.problems ?? []) === canonicalJson(reading.problems.map(describeProblem));
}

function checkOf(context: Context, repository: Repository, reading: ConfigReading) {
  const { problems, elsewhere } = problemsHere(context, repository, reading.problems);
  const lines = problems.map(
    ({ path, line, column, sentence }) => `- ${code(`${path}:${line}:${column}`)}: ${escapeText(sentence, LONGEST)}`,
  );
  const annotations = problems.map(({ path, line, level, sentence }) => ({
    path,
    line,
    level: level === "error" ? ("failure" as const) : ("warning" as const),
    title: "Oakum's configuration",
    message: plainText(sentence, LONGEST),
  }));
  return {
    name: "oakum/config",
    status: "completed" as const,
    ...conclude(reading.problems),
    summary: [...lines, ...describeElsewhere(elsewhere)].join("\n"),
    annotations,
  };
}

/** Of what is wrong elsewhere: how many of this repository's branches are left out can be said nowhere else. */
function describeElsewhere(problems: readonly ConfigProblem[]): readonly string[] {
  if (problems.some(({ code }) => code === "config-unreadable")) return [UNREADABLE];
  const left = problems.filter(({ code }) => code === "too-many-branches");
  const told = left.map(({ sentence }) => `- The organisation's configuration: ${escapeText(sentence, LONGEST)}`);
  return left.length < problems.length ? [...told, ELSEWHERE] : told;
}

function conclude(problems: readonly ConfigProblem[]) {
  if (problems.length === 0) return { conclusion: "success", title: "The configuration is in order" } as const;
  return hasErrors(problems)
    ? ({ conclusion: "failure", title: "The configuration has errors: nothing is proposed" } as const)
    : ({ conclusion: "neutral", title: "The configuration has warnings" } as const);
}

/**
 * The problems that this repository may hear of, at paths that it has, and the others. What the organisation's file says stays in the
 * repository that holds it: that one may be private, and this one public.
 */
function problemsHere(context: Context, repository: Repository, problems: readonly ConfigProblem[]) {
  const known = new Map([
    [REPOSITORY_CONFIG, REPOSITORY_CONFIG],
    ...(isPolicyRepository(context, repository) ? ([[ORGANISATION_ORIGIN, ORGANISATION_CONFIG]] as const) : []),
  ]);
  return {
    problems: problems.flatMap((problem) => {
      const path = known.get(problem.path);
      return path === undefined ? [] : [{ ...problem, path }];
    }),
    elsewhere: problems.filter(({ path }) => !known.has(path)),
  };
}
