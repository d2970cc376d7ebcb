import { relative, resolve, sep } from "node:path";
import { type Explained, explain, formatCondition, formatOrigin } from "../config/explain.ts";
import { ignoredBy } from "../config/merge.ts";
import { describeProblem, hasErrors } from "../config/problem.ts";
import { AppError } from "../core/errors.ts";
import { sentence } from "../core/reason.ts";
import { formatReference, imageKey } from "../core/reference.ts";
import type { Use } from "../core/use.ts";
import type { Manager } from "../manager/manager.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { stateOf } from "./list.ts";
import { type Output, printJson, printLine, printNote, printTable } from "./output.ts";
import { folderAt, readInside } from "./tree.ts";
import { readConfig } from "./workspace.ts";

interface ExplainArguments {
  /** The root of the checkout. */
  readonly folder: string;
  /** `FILE:LINE`, from `folder`. */
  readonly place: string;
  readonly output: Output;
}

/** Lines named in a hint. */
const MOST_LINES = 20;

/** `oakum explain FILE:LINE`: the image used there, and who decided each key of its policy. Asks no registry. */
export async function runExplain(
  { folder, place, output }: ExplainArguments,
  { managers }: { readonly managers: readonly Manager[] },
): Promise<ExitCode> {
  const root = await folderAt(folder);
  const { path, line } = parsePlace(root, place);
  const uses = await usesAt(root, path, line, managers);
  const { config, problems } = await readConfig(root);
  for (const problem of problems) printNote(output, describeProblem(problem));
  const ignored = ignoredBy(config)(path);
  for (const use of uses) {
    const policy = use.reference === undefined ? [] : explain(config, { image: imageKey(use.reference), path });
    if (output.json) printJson(output, jsonOf(use, ignored, policy));
    else printUse(output, use, ignored, policy);
  }
  return hasErrors(problems) ? EXIT.input : EXIT.done;
}

function parsePlace(root: string, place: string): { readonly path: string; readonly line: number } {
  const [, file, line] = /^(.+):(\d{1,9})$/s.exec(place) ?? [];
  if (file === undefined) throw new AppError("INPUT", `${place} is not FILE:LINE, such as Dockerfile:1`);
  const path = relative(root, resolve(root, file)).split(sep).join("/");
  if (path.startsWith("../") || path.startsWith("/")) throw new AppError("INPUT", `${file} is outside this folder`);
  return { path, line: Number(line) };
}

async function usesAt(root: string, path: string, line: number, managers: readonly Manager[]): Promise<readonly Use[]> {
  const manager = managers.find((one) => one.matches(path));
  if (manager === undefined) throw new AppError("INPUT", `${path} is no file in which Oakum looks for images`);
  const read = await readInside(root, path);
  if ("reason" in read) {
    const isMissing = read.reason.detail === "ENOENT";
    throw new AppError("INPUT", isMissing ? `there is no file ${path}` : `${path}: ${sentence(read.reason)}`);
  }
  const { uses } = manager.extract(new Map([[path, read.text]]));
  const found = uses.filter((use) => use.line === line);
  if (found.length > 0) return found;
  throw new AppError("INPUT", `no image is used at ${path}:${line}${elsewhere(uses)}`);
}

/** The lines where a person may have meant to point. */
function elsewhere(uses: readonly Use[]): string {
  const lines = [...new Set(uses.map((use) => use.line))].slice(0, MOST_LINES);
  if (lines.length === 0) return "";
  return `, but at line${lines.length === 1 ? "" : "s"} ${lines.join(", ")}`;
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
    policy: policy.map(({ key, value, origin, when }) => ({
      key,
      value,
      origin: formatOrigin(origin),
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
    policy.map(({ key, value, origin, when }, at) => {
      const rest = policy[at - 1]?.key === key ? "all others" : "";
      return [key, value, formatOrigin(origin), when === undefined ? rest : formatCondition(when)];
    }),
  );
}
