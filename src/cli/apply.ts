import { randomUUID } from "node:crypto";
import { chmod, lstat, realpath, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "../core/errors.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { printNote } from "./output.ts";
import { type PlanArguments, type PlanTools, planCheckout, printPlan } from "./plan.ts";
import { readInside } from "./tree.ts";

/** `oakum apply`: plans a checkout, and writes the updates into its files. */
export async function runApply(args: PlanArguments, tools: PlanTools): Promise<ExitCode> {
  const planned = await planCheckout(args, tools);
  if (planned === undefined) return EXIT.input;
  const { workspace, plan, complete } = planned;
  for (const [path, text] of plan.files) await replaceFile(workspace.root, path, workspace.files.get(path), text);
  printPlan(args.output, plan);
  printNote(args.output, `oakum: ${count(plan.updates, "update")} written to ${count([...plan.files], "file")}`);
  return complete ? EXIT.done : EXIT.unreachable;
}

function count(things: readonly unknown[], noun: string): string {
  return `${things.length} ${noun}${things.length === 1 ? "" : "s"}`;
}

/**
 * Replaces a file as one act, keeping its mode; what is there must still be what was read, in the folder itself. Throws
 * CONFLICT when it is not.
 */
async function replaceFile(root: string, path: string, expected: string | undefined, text: string): Promise<void> {
  const now = await readInside(root, path);
  if (!("text" in now) || now.text !== expected) {
    throw new AppError("CONFLICT", `${path} changed while it was being updated: nothing was written to it`);
  }
  const full = join(root, path);
  const { mode } = await lstat(full);
  const temporary = join(await realpath(dirname(full)), `.oakum-${randomUUID()}`);
  try {
    await writeFile(temporary, text, { flag: "wx", mode: 0o600, flush: true });
    await chmod(temporary, mode & 0o7777);
    await rename(temporary, full);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
