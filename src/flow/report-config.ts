import { type ConfigProblem, describeProblem, hasErrors } from "../config/problem.ts";
import { code, escapeText } from "../core/markdown.ts";
import { plainText } from "../core/plain-text.ts";
import type { Repository } from "../core/repository.ts";
import type { Context, Run } from "./context.ts";
import type { RepositoryPlan } from "./plan.ts";
import { ORGANISATION_CONFIG, ORGANISATION_ORIGIN, REPOSITORY_CONFIG } from "./read.ts";
import { act } from "./record.ts";

const ELSEWHERE = "- The organisation's configuration has problems: its own repository's check says which.";
/** GitHub keeps this much of an external id. */
const LONGEST_ID = 255;
/** A sentence about a problem may quote what stands there. */
const LONGEST = 500;

/** Says on the default branch's head what is wrong with the configuration, at its lines. */
export async function reportConfig(context: Context, run: Run, planned: RepositoryPlan): Promise<void> {
  const { repository, snapshot, reading } = planned;
  if (reading.problems.length === 0) return;
  const failing = hasErrors(reading.problems);
  const problems = problemsHere(context, repository, reading.problems);
  const elsewhere = problems.length < reading.problems.length ? [ELSEWHERE] : [];
  const lines = [
    ...problems.map(
      ({ path, line, column, sentence }) => `- ${code(`${path}:${line}:${column}`)}: ${escapeText(sentence, LONGEST)}`,
    ),
    ...elsewhere,
  ];
  const annotations = problems.map(({ path, line, level, sentence }) => ({
    path,
    line,
    level: level === "error" ? ("failure" as const) : ("warning" as const),
    title: "Oakum's configuration",
    message: plainText(sentence, LONGEST),
  }));
  const fact = {
    subject: run.key,
    transition: "configuration reported",
    cause: snapshot.commit,
    data: { problems: problems.map(describeProblem) },
  };
  if ((await context.store.ledger.find(fact.subject, fact.transition, fact.cause)) !== undefined) return;
  await act(
    context,
    run,
    fact,
    () =>
      context.github.checks.report(repository, {
        name: "oakum/config",
        head: snapshot.commit,
        externalId: `config ${snapshot.commit}`.slice(0, LONGEST_ID),
        status: "completed",
        conclusion: failing ? "failure" : "neutral",
        title: failing ? "The configuration has errors: nothing is proposed" : "The configuration has warnings",
        summary: lines.join("\n"),
        annotations,
      }),
    async () => {},
  );
}

/**
 * The problems that this repository may hear of, at paths that it has. What the organisation's file says stays in the
 * repository that holds it: that one may be private, and this one public.
 */
function problemsHere(context: Context, { repository }: Repository, problems: readonly ConfigProblem[]) {
  const isPolicy = repository === context.operation.policyRepository;
  const known = new Map([
    [REPOSITORY_CONFIG, REPOSITORY_CONFIG],
    ...(isPolicy ? ([[ORGANISATION_ORIGIN, ORGANISATION_CONFIG]] as const) : []),
  ]);
  return problems.flatMap((problem) => {
    const path = known.get(problem.path);
    return path === undefined ? [] : [{ ...problem, path }];
  });
}
