import { readFile, stat, writeFile } from "node:fs/promises";
import JSON5 from "json5";
import { isObject, type Values } from "../config/foreign.ts";
import { loadConfig } from "../config/load.ts";
import { migrateDependabot } from "../config/migrate/dependabot.ts";
import type { Migrated } from "../config/migrate/note.ts";
import { migrateRenovate } from "../config/migrate/renovate.ts";
import { describeProblem } from "../config/problem.ts";
import { readYaml } from "../config/yaml.ts";
import { AppError } from "../core/errors.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { count, type Output, printNote } from "./output.ts";

interface MigrateArguments {
  /** A resolved Renovate configuration. */
  readonly resolved?: string | undefined;
  /** A configuration of Dependabot's. One of the two. */
  readonly dependabot?: string | undefined;
  /** Where the `oakum.yml` is written; on stdout when left out. */
  readonly out?: string | undefined;
  readonly output: Output;
}

/** A resolved configuration has all of its presets in it. */
const LARGEST = 8 * 1024 * 1024;
const MOST_LISTED = 500;

/**
 * `oakum migrate`: an `oakum.yml` from a resolved Renovate configuration or one of Dependabot's, and on stderr what it could not
 * translate, each with its path and why. INPUT for what is no such configuration, and when there is something at `out` already.
 */
export async function runMigrate({ resolved, dependabot, out, output }: MigrateArguments): Promise<ExitCode> {
  const { text, left } = await translate(resolved, dependabot);
  const { problems } = loadConfig({ organisation: { path: out ?? "oakum.yml", text } });
  if (out === undefined) output.out(text);
  else await write(out, text);
  for (const { path, why } of left.slice(0, MOST_LISTED)) printNote(output, `not translated: ${path}: ${why}`);
  if (left.length > MOST_LISTED) printNote(output, `not translated: ${left.length - MOST_LISTED} more`);
  for (const problem of problems) printNote(output, describeProblem(problem));
  printNote(output, `oakum: ${count(left.length, "thing")} not translated; read what is, before you commit it`);
  return problems.some(({ level }) => level === "error") ? EXIT.input : EXIT.done;
}

async function translate(resolved: string | undefined, dependabot: string | undefined): Promise<Migrated> {
  if (resolved !== undefined && dependabot === undefined) return migrateRenovate(await read(resolved, parseJson));
  if (dependabot !== undefined && resolved === undefined) return migrateDependabot(await read(dependabot, parseYaml));
  throw new AppError("INPUT", "migrate wants one of --resolved renovate.json and --dependabot dependabot.yml");
}

async function read(path: string, parse: (text: string, path: string) => unknown): Promise<Values> {
  const size = await stat(path).then(
    (found) => (found.isFile() ? found.size : -1),
    () => -1,
  );
  if (size < 0) throw new AppError("INPUT", `${path}: there is no such file`);
  if (size > LARGEST) throw new AppError("INPUT", `${path}: the file is larger than ${LARGEST} bytes`);
  const value = parse(await readFile(path, "utf8"), path);
  if (!isObject(value)) throw new AppError("INPUT", `${path}: a configuration is an object`);
  return value;
}

function parseYaml(text: string, path: string): unknown {
  const { document, problems } = readYaml(text);
  const [{ line = 1, column = 1, sentence = "it cannot be read" } = {}] = problems;
  if (document === undefined) throw new AppError("INPUT", `${path}:${line}:${column}: ${sentence}`);
  return document.value;
}

function parseJson(text: string, path: string): unknown {
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
