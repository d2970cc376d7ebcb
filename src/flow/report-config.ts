import { describeProblem, hasErrors } from "../config/problem.ts";
import { code, escapeText } from "../core/markdown.ts";
import { plainText } from "../core/plain-text.ts";
import type { Context, Run } from "./context.ts";
import type { RepositoryPlan } from "./plan.ts";
import { act } from "./record.ts";

/** GitHub keeps this much of an external id. */
const LONGEST_ID = 255;
/** A sentence about a problem may quote what stands there. */
const LONGEST = 500;

/** Says on the default branch's head what is wrong with the configuration, at its lines. */
export async function reportConfig(context: Context, run: Run, planned: RepositoryPlan): Promise<void> {
  const { repository, snapshot, reading } = planned;
  const { problems } = reading;
  if (problems.length === 0) return;
  const failing = hasErrors(problems);
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
