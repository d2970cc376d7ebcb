import type { Config } from "../../config/config.ts";
import { isAppError } from "../../core/errors.ts";
import { sha256 } from "../../core/hash.ts";
import { baseOf, type Line } from "../../core/line.ts";
import { type BranchRules, unmetRules } from "../../core/pull/branch-rules.ts";
import { branchName } from "../../core/pull/pull.ts";
import { type Reason, sentence } from "../../core/reason.ts";
import { canonicalJson } from "../../core/text/canonical-json.ts";
import { code, escapeText } from "../../core/text/markdown.ts";
import { together } from "../../core/together.ts";
import type { Context, Run } from "../context.ts";
import type { RepositoryPlan } from "../plan/plan.ts";
import { act } from "../record.ts";

export const RULES_REPORTED = "rules reported";
const LONGEST = 500;

/**
 * Says on a line's head, as soon as there is something to propose, which of the rules on that branch and on our own ones can
 * never be met by us: not when a merge first fails. Whenever that has changed, like `reportConfig`. Rules that nobody may read
 * are told by what fails. Answers with those on the line's own branch, where they were read.
 */
export async function reportRules(
  context: Context,
  run: Run,
  planned: RepositoryPlan,
): Promise<BranchRules | undefined> {
  const { repository, extraction } = planned;
  const { commit } = extraction;
  const read = await rulesToMeet(context, planned);
  if (read === undefined) return undefined;
  const { base, unmet } = read;
  const rules = unmet.map(sentence);
  const subject = repository.base === undefined ? run.key : `${run.key}#${repository.base}`;
  const told = await context.store.ledger.newest(subject, RULES_REPORTED);
  const before = told?.data.commit === commit ? told : undefined;
  if (canonicalJson(before?.data.rules ?? []) === canonicalJson(rules)) return base;
  const cause = sha256(canonicalJson({ commit, rules, after: before?.sequence }));
  await act(
    context,
    run,
    { subject, transition: RULES_REPORTED, cause, data: { commit, rules } },
    () =>
      context.github.checks.report(repository, {
        name: "oakum/rules",
        head: commit,
        externalId: `rules ${cause}`,
        status: "completed",
        ...conclude(unmet),
        summary: summaryOf(unmet, baseOf(repository)),
        annotations: [],
      }),
    async () => {},
  );
  return base;
}

/** `undefined` where nothing is to be proposed, or the rules cannot be read. */
async function rulesToMeet(
  context: Context,
  { repository, reading, plan }: RepositoryPlan,
): Promise<Rules | undefined> {
  const [group] = plan.groups;
  if (group === undefined || reading.config.mode === "observe") return undefined;
  return readRules(context, repository, reading.config, branchName(baseOf(repository), group));
}

/** The rules on a line, and which of them and of those on `branch`, one of our own, can never be met. */
interface Rules {
  readonly base: BranchRules;
  readonly unmet: readonly Reason[];
}

/** `undefined` where they may not be read. */
export async function readRules(
  context: Context,
  repository: Line,
  config: Config,
  branch: string,
): Promise<Rules | undefined> {
  const { branches } = context.github;
  try {
    const [base, own] = await together([
      branches.rules(repository, baseOf(repository)),
      branches.pushRules(repository, branch),
    ]);
    const silent = await silentChecks(context, repository, base);
    return { base, unmet: unmetRules(base, { own, silent, auto: mergesByItself(config) }) };
  } catch (error) {
    if (!isAppError(error, "DENIED")) throw error;
    context.log.warn({ reason: error.message }, "the rules of a branch may not be read");
    return undefined;
  }
}

/** An App that only looks may not read checks: that is no reason not to tell of the other rules. */
async function silentChecks({ github }: Context, repository: Line, { requiredChecks }: BranchRules) {
  try {
    return await github.checks.silent(repository, baseOf(repository), requiredChecks);
  } catch (error) {
    if (!isAppError(error, "DENIED")) throw error;
    return [];
  }
}

function mergesByItself({ rules }: Config): boolean {
  return rules.some(({ decisions }) => decisions.merge === "auto");
}

function conclude(unmet: readonly Reason[]) {
  return unmet.length === 0
    ? ({ conclusion: "success", title: "The rules can be met" } as const)
    : ({ conclusion: "neutral", title: "Oakum can never meet some of the rules" } as const);
}

function summaryOf(unmet: readonly Reason[], base: string): string {
  if (unmet.length === 0) return `Nothing in the rules on ${code(base, 255)} is in the way any more.`;
  const lines = unmet.map((why) => `- ${escapeText(sentence(why), LONGEST)}`);
  const help =
    "Pull requests are opened all the same where that is possible; what merges them is a person, or another rule.";
  return [
    `Rules and settings for ${code(base, 255)} and for branches below ${code("oakum/", 255)}:`,
    ...lines,
    "",
    help,
  ].join("\n");
}
