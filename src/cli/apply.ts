import { randomUUID } from "node:crypto";
import { chmod, lstat, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "../core/errors.ts";
import type { FileSet } from "../core/use/use.ts";
import { EXIT, type ExitCode, exitCode } from "./exit.ts";
import type { LocalPlan } from "./local-plan.ts";
import { count, printNote } from "./output.ts";
import { type PlanArguments, type PlanTools, planCheckout, printPlan, printUnasked } from "./plan.ts";
import { codeOf, readInside } from "./tree.ts";
import { describeUnread, type Workspace } from "./workspace.ts";

/** `oakum apply`: plans a checkout, and writes the updates into its files. */
export async function runApply(args: PlanArguments, tools: PlanTools): Promise<ExitCode> {
  const planned = await planCheckout(args, tools);
  if (planned === undefined) return EXIT.input;
  const { workspace, plan, unasked } = planned;
  await replaceFiles(workspace, plan.files);
  printPlan(args.output, plan);
  printNote(args.output, `oakum: ${describe(plan)}${describeUnread(workspace)}`);
  printUnasked(args.output, unasked);
  return exitCode({ input: workspace.problems.length > 0, unreachable: unasked.length > 0 });
}

function describe({ updates, files }: LocalPlan): string {
  if (updates.length === 0) return "nothing to write";
  return `${count(updates.length, "update")} written to ${count(files.size, "file")}`;
}

/**
 * Replaces files, each as one act, keeping its mode; what is there must still be what was read, in the folder itself.
 * Everything is ready before the first file is replaced: when one cannot be written (INPUT) or has changed meanwhile
 * (CONFLICT), all stay as they are.
 */
async function replaceFiles({ root, files: read }: Workspace, files: FileSet): Promise<void> {
  const ready: { readonly temporary: string; readonly path: string }[] = [];
  try {
    for (const [path, text] of files) ready.push(await prepare(root, path, read.get(path), text));
    for (const { temporary, path } of ready) await rename(temporary, path);
  } finally {
    for (const { temporary } of ready) await rm(temporary, { force: true });
  }
}

/** Writes the new text beside the file that it shall replace. */
async function prepare(root: string, path: string, expected: string | undefined, text: string) {
  const now = readInside(root, path);
  if (!("text" in now) || now.text !== expected) {
    throw new AppError("CONFLICT", `${path} changed while it was being updated: nothing was written`);
  }
  const full = join(root, path);
  const temporary = join(dirname(full), `.oakum-${randomUUID()}`);
  try {
    const { mode } = await lstat(full);
    await writeFile(temporary, text, { flag: "wx", mode: 0o600, flush: true });
    await chmod(temporary, mode & 0o7777);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new AppError("INPUT", `${path} cannot be written (${codeOf(cause)}): nothing was written`, { cause });
  }
  return { temporary, path: full };
}
