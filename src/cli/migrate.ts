import { readFile, stat, writeFile } from "node:fs/promises";
import JSON5 from "json5";
import { isObject, type Values } from "../config/foreign.ts";
import { loadConfig } from "../config/load.ts";
import { migrateRenovate } from "../config/migrate/renovate.ts";
import { describeProblem } from "../config/problem.ts";
import { AppError } from "../core/errors.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { count, type Output, printNote } from "./output.ts";

interface MigrateArguments {
  /** The resolved Renovate configuration. */
  readonly resolved: string;
  /** Where the `oakum.yml` is written; on stdout when left out. */
  readonly out?: string | undefined;
  readonly output: Output;
}

/** A resolved configuration has all of its presets in it. */
const LARGEST = 8 * 1024 * 1024;
const MOST_LISTED = 500;

/**
 * `oakum migrate`: an `oakum.yml` from a resolved Renovate configuration, and on stderr what it could not translate, each with
 * its path and why. INPUT for what is no such configuration, and when there is something at `out` already.
 */
export async function runMigrate({ resolved, out, output }: MigrateArguments): Promise<ExitCode> {
  const { text, left } = migrateRenovate(await read(resolved));
  const { problems } = loadConfig({ organisation: { path: out ?? "oakum.yml", text } });
  if (out === undefined) output.out(text);
  else await write(out, text);
  for (const { path, why } of left.slice(0, MOST_LISTED)) printNote(output, `not translated: ${path}: ${why}`);
  if (left.length > MOST_LISTED) printNote(output, `not translated: ${left.length - MOST_LISTED} more`);
  for (const problem of problems) printNote(output, describeProblem(problem));
  printNote(output, `oakum: ${count(left.length, "thing")} not translated; read what is, before you commit it`);
  return problems.some(({ level }) => level === "error") ? EXIT.input : EXIT.done;
}

async function read(path: string): Promise<Values> {
  const size = await stat(path).then(
    (found) => (found.isFile() ? found.size : -1),
    () => -1,
  );
  if (size < 0) throw new AppError("INPUT", `${path}: there is no such file`);
  if (size > LARGEST) throw new AppError("INPUT", `${path}: the file is larger than ${LARGEST} bytes`);
  const value = parse(await readFile(path, "utf8"), path);
  if (!isObject(value)) throw new AppError("INPUT", `${path}: a Renovate configuration is an object`);
  return value;
}

function parse(text: string, path: string): unknown {
  try {
    return JSON5.parse(text.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new AppError("INPUT", `${path}: not JSON: ${error instanceof Error ? error.message : "unknown"}`);
  }
}

async function write(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: "wx" });
  } catch (error) {
    throw new AppError("INPUT", `${path}: there is something already, or it cannot be written`, { cause: error });
  }
}
