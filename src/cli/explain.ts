import { relative, resolve, sep } from "node:path";
import { type Explained, explain, formatCondition, formatOrigin } from "../config/explain.ts";
import { AppError } from "../core/errors.ts";
import { explainedTags, type TagsExplained } from "../core/plan/explain-tags.ts";
import { followTags, tagSentence } from "../core/plan/follow.ts";
import { knownImages, planUpdates } from "../core/plan/plan.ts";
import type { ImageFacts, UseState } from "../core/plan/update.ts";
import { type Reason, sentence } from "../core/reason.ts";
import { type Digest, formatReference, imageKey } from "../core/reference.ts";
import { type EndOfLife, endsOfLife } from "../core/tag/end-of-life.ts";
import type { Problem, Use } from "../core/use/use.ts";
import { extractEach, isRead, joinExtracted } from "../flow/read/extract.ts";
import type { Manager } from "../manager/manager.ts";
import { type ExitCode, exitCode } from "./exit.ts";
import { askRegistries } from "./facts.ts";
import { stateOf } from "./list.ts";
import { type Output, printJson, printLine, printNote, printTable } from "./output.ts";
import type { PlanTools } from "./plan.ts";
import { type Beside, type LocalPolicy, readPolicy } from "./policy.ts";
import { endsJson, printEnds, printTags, tagsJson } from "./tags.ts";
import { folderAt, readInside, readTree } from "./tree.ts";
import { reportProblems } from "./workspace.ts";

interface ExplainArguments {
  /** The root of the checkout. */
  readonly folder: string;
  /** `FILE:LINE`, from `folder`. */
  readonly place: string;
  readonly beside?: Beside;
  /** Set when the registries are asked why each other tag is not the one; the hosts (normalised) that may be beside public ones. */
  readonly ask?: readonly string[] | undefined;
  readonly output: Output;
}

/** Lines named in a hint. */
const MOST_LINES = 20;

/**
 * `oakum explain FILE:LINE`: the image used there, and who decided each key of its policy; when the registries are asked, also
 * what would become of it, and why each other tag is not the one.
 */
export async function runExplain(
  { folder, place, beside, ask, output }: ExplainArguments,
  tools: PlanTools,
): Promise<ExitCode> {
  const { managers, now } = tools;
  const root = folderAt(folder);
  const { path, line } = parsePlace(root, place);
  const { uses, problems } = await readUses(root, path, managers);
  const policies = await readPolicy(root, beside);
  const { config, configProblems, ignored, fromTop } = policies;
  const stopped = reportProblems(output, { problems, links: [], configProblems });
  const found = uses.filter((use) => use.line === line);
  if (found.length === 0) printNote(output, `oakum: ${describeNone(path, line, uses, problems)}`);
  const answers = ask === undefined ? undefined : await askAbout(found, policies, ask, tools);
  for (const use of found) {
    const subject = use.reference && { image: imageKey(use.reference), path: fromTop(path), kind: use.manager };
    const [read = use] = followTags([use], new Map(), policies.policyOf);
    const answer = answers?.of(use) ?? { use: read, ...stateOf(use, ignored(path)) };
    const told: Told = {
      ...answer,
      ends: answer.use.reference === undefined ? [] : endsOfLife(answer.use.reference, now()),
      policy: subject === undefined ? [] : explain(config, subject),
    };
    if (output.json) printJson(output, jsonOf(told));
    else printUse(output, told, ask !== undefined);
  }
  return exitCode({
    input: stopped || problems.length > 0 || found.length === 0,
    unreachable: answers?.isWhole === false,
  });
}

function parsePlace(root: string, place: string): { readonly path: string; readonly line: number } {
  const [, file, line] = /^(.+):(\d{1,9})$/s.exec(place) ?? [];
  if (file === undefined) throw new AppError("INPUT", `${place} is not FILE:LINE, such as Dockerfile:1`);
  const path = relative(root, resolve(root, file)).split(sep).join("/");
  if (path.startsWith("../") || path.startsWith("/")) throw new AppError("INPUT", `${file} is outside this folder`);
  return { path, line: Number(line) };
}

async function readUses(
  root: string,
  path: string,
  managers: readonly Manager[],
): Promise<{ readonly uses: readonly Use[]; readonly problems: readonly Problem[] }> {
  const matches = (file: string) => isRead(managers, file);
  if (!matches(path)) throw new AppError("INPUT", `${path} is no file in which Oakum looks for images`);
  const read = readInside(root, path);
  if ("text" in read) {
    // What other files say of this one is part of how it is read.
    const files = new Map([...readTree(root, matches).files, [path, read.text]]);
    const { uses, problems } = joinExtracted(managers, files, [...extractEach(managers, files)]);
    return { uses: uses.filter((use) => use.path === path), problems: problems.filter((one) => one.path === path) };
  }
  if (read.reason.detail === "ENOENT") throw new AppError("INPUT", `there is no file ${path}`);
  return { uses: [], problems: [{ path, line: 1, column: 1, reason: read.reason }] };
}

/** That there is nothing to explain, and where a person may have meant to point. */
function describeNone(path: string, line: number, uses: readonly Use[], problems: readonly Problem[]): string {
  const none = `no image is ${problems.length > 0 ? "found" : "used"} at ${path}:${line}`;
  const lines = [...new Set(uses.map((use) => use.line))].slice(0, MOST_LINES);
  if (lines.length === 0) return none;
  return `${none}, but at line${lines.length === 1 ? "" : "s"} ${lines.join(", ")}`;
}

/** What a person is told of one use. */
interface Told extends Answer {
  readonly ends: readonly EndOfLife[];
  readonly policy: readonly Explained[];
}

interface Answer {
  /** With the tag that it follows, also where only a digest is written. */
  readonly use: Use;
  readonly state: UseState;
  readonly reason?: Reason | undefined;
  /** What it would name next. */
  readonly to?: string | undefined;
  readonly tags?: TagsExplained | undefined;
}

/** What the registries say of the uses, planned as `oakum plan` does. */
async function askAbout(
  uses: readonly Use[],
  { policyOf, ignored }: LocalPolicy,
  allowed: readonly string[],
  { openRegistries, now }: PlanTools,
): Promise<{ readonly of: (use: Use) => Answer | undefined; readonly isWhole: boolean }> {
  const asked = uses.filter((use) => stateOf(use, ignored(use.path)).reason.code === "not-asked");
  const session = await openRegistries(allowed);
  try {
    const asOf = now();
    const facts = await askRegistries(asked, { session, policyOf, now: asOf });
    const images = knownImages({ facts, asOf });
    const followed = followTags(uses, images, policyOf);
    const input = { uses: followed, facts, policyOf, ignored, quarantined: new Set<Digest>(), now: undefined, asOf };
    const statuses = new Map(planUpdates(input, images).uses.map((status, at) => [uses[at], status]));
    const tagsOf = explainedTags(images, input);
    const of = (use: Use): Answer | undefined => {
      const status = statuses.get(use);
      if (status === undefined) return undefined;
      const { use: planned, state, reason: why, to } = status;
      return { use: planned, state, reason: why, to: to && formatReference(to), tags: tagsOf(planned) };
    };
    return { of, isWhole: asked.every(({ reference }) => isAnswered(reference && facts.get(imageKey(reference)))) };
  } finally {
    await session.close();
  }
}

function isAnswered(facts: ImageFacts | undefined): boolean {
  return facts?.state === "known" && (facts.problems ?? []).length === 0;
}

function jsonOf({ use, state, reason: why, to, tags, ends, policy }: Told): object {
  return {
    path: use.path,
    line: use.line,
    role: use.role,
    text: use.text,
    reference: use.reference === undefined ? null : formatReference(use.reference),
    tagBy: use.tagBy ?? null,
    state,
    reason: why?.code ?? null,
    message: why === undefined ? null : sentence(why),
    to: to ?? null,
    tags: tagsJson(tags),
    ends: endsJson(ends),
    policy: policy.map(({ key, value, origin, over, when }) => ({
      key,
      value,
      origin: formatOrigin(origin),
      over: over === undefined ? null : { value: over.value, origin: formatOrigin(over.origin) },
      when: when === undefined ? null : formatCondition(when),
    })),
  };
}

function printUse(output: Output, { use, state, reason: why, to, tags, ends, policy }: Told, isAsked: boolean): void {
  const image = use.reference === undefined ? use.text : formatReference(use.reference);
  printLine(output, `${use.path}:${use.line} ${use.role} ${image}`);
  const facts = [to === undefined ? "" : `to ${to}`, why === undefined ? "" : sentence(why)];
  printLine(output, [state, facts.filter((fact) => fact !== "").join(", ")].filter((part) => part !== "").join(": "));
  if (use.tagBy !== undefined) printLine(output, tagSentence(use.reference?.tag ?? "", use.tagBy));
  printEnds(output, ends);
  if (tags !== undefined) printTags(output, tags);
  if (isAsked) printLine(output, "");
  printTable(
    output,
    ["KEY", "VALUE", "DECIDED BY", "ONLY FOR"],
    policy.map(({ key, value, origin, over, when }, at) => {
      const rest = policy[at - 1]?.key === key ? "all others" : "";
      const before = over === undefined ? "" : `, over ${over.value} by ${formatOrigin(over.origin)}`;
      return [key, value, `${formatOrigin(origin)}${before}`, when === undefined ? rest : formatCondition(when)];
    }),
  );
}
