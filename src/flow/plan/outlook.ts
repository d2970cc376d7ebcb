import { describeProblem } from "../../config/problem.ts";
import { outlookOf } from "../../core/plan/outlook.ts";
import { canonicalJson } from "../../core/text/canonical-json.ts";
import type { Context, Run } from "../context.ts";
import { assertCurrent } from "../record.ts";
import { wakeReport } from "../report/report.ts";
import type { RepositoryPlan } from "./plan.ts";

/** Keeps what a repository's plan comes to for the organisation's report, and has that looked at when it is something new. */
export async function noteOutlook(context: Context, run: Run, planned: RepositoryPlan): Promise<void> {
  const { repository, extraction, reading, plan, would } = planned;
  const { mode } = reading.config;
  // What is wrong with the configuration, and who else acts by theirs, is told of the default branch.
  const isDefault = repository.base === undefined;
  const outlook = outlookOf(
    mode,
    plan,
    would,
    extraction.problems,
    isDefault ? reading.problems.map(describeProblem) : [],
    context.now(),
    isDefault ? extraction.others : [],
  );
  const known = await context.store.outlooks.of(repository);
  if (known !== undefined && canonicalJson(known) === canonicalJson(outlook)) return;
  await context.store.transaction(async (tables) => {
    await assertCurrent(tables, run);
    await tables.outlooks.save(repository, outlook);
    await wakeReport(tables, repository, context.now());
  });
}
