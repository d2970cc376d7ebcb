import { relative, resolve, sep } from "node:path";
import { type Explained, explain, formatCondition, formatOrigin } from "../config/explain.ts";
import { AppError } from "../core/errors.ts";
import { sentence } from "../core/reason.ts";
import { formatReference, imageKey } from "../core/reference.ts";
import type { Problem, Use } from "../core/use/use.ts";
import { extractEach, joinExtracted } from "../flow/read/extract.ts";
import type { Manager } from "../manager/manager.ts";
import { type ExitCode, exitCode } from "./exit.ts";
import { stateOf } from "./list.ts";
import { type Output, printJson, printLine, printNote, printTable } from "./output.ts";
import { type Beside, readPolicy } from "./policy.ts";
import { folderAt, readInside, readTree } from "./tree.ts";
import { reportProblems } from "./workspace.ts";

interface ExplainArguments {
  /** The root of the checkout. */
  readonly folder: string;
  /** `FILE:LINE`, from `folder`. */
  readonly place: string;
  readonly beside?: Beside;
  readonly output: Output;
}

/** Lines named in a hint. */
const MOST_LINES = 20;

/** `oakum explain FILE:LINE`: the image used there, and who decided each key of its policy. Asks no registry. */
export async function runExplain(
  { folder, place, beside, output }: ExplainArguments,
  { managers }: { readonly managers: readonly Manager[] },
): Promise<ExitCode> {
  const root = await folderAt(folder);
  const { path, line } = parsePlace(root, place);
  const { uses, problems } = await readUses(root, path, managers);
  const { config, configProblems, ignored, fromTop } = await readPolicy(root, beside);
  const stopped = reportProblems(output, { problems, links: [], configProblems });
  const found = uses.filter((use) => use.line === line);
  if (found.length === 0) printNote(output, `oakum: ${describeNone(path, line, uses, problems)}`);
  for (const use of found) {
    const subject = use.reference && { image: imageKey(use.reference), path: fromTop(path), kind: use.manager };
    const policy = subject === undefined ? [] : explain(config, subject);
    if (output.json) printJson(output, jsonOf(use, ignored(path), policy));
    else printUse(output, use, ignored(path), policy);
  }
  return exitCode({ input: stopped || problems.length > 0 || found.length === 0 });
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
  const matches = (file: string) => managers.some((manager) => manager.matches(file));
  if (!matches(path)) throw new AppError("INPUT", `${path} is no file in which Oakum looks for images`);
  const read = await readInside(root, path);
  if ("text" in read) {
    // What other files say of this one is part of how it is read.
    const files = new Map([...(await readTree(root, matches)).files, [path, read.text]]);
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

function jsonOf(use: Use, ignored: boolean, policy: readonly Explained[]): object {
  const { state, reason: why } = stateOf(use, ignored);
  return {
    path: use.path,
    line: use.line,
    role: use.role,
    text: use.text,
    reference: use.reference === undefined ? null : formatReference(use.reference),
    state,
    reason: why.code,
    message: sentence(why),
    policy: policy.map(({ key, value, origin, over, when }) => ({
      key,
      value,
      origin: formatOrigin(origin),
      over: over === undefined ? null : { value: over.value, origin: formatOrigin(over.origin) },
      when: when === undefined ? null : formatCondition(when),
    })),
  };
}

function printUse(output: Output, use: Use, ignored: boolean, policy: readonly Explained[]): void {
  const { state, reason: why } = stateOf(use, ignored);
  const image = use.reference === undefined ? use.text : formatReference(use.reference);
  printLine(output, `${use.path}:${use.line} ${use.role} ${image}`);
  printLine(output, `${state}: ${sentence(why)}`);
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
