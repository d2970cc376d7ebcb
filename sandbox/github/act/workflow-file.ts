import picomatch from "picomatch";
import { parse } from "yaml";
import { listTree } from "../git/tree.ts";
import type { Repository } from "../state/repository.ts";
import { mustReadCommit } from "../view/commit.ts";
import type { World } from "../world.ts";

/** A workflow file of a commit, as far as it decides which runs there are. */
export interface WorkflowFile {
  readonly path: string;
  readonly name: string;
  readonly runName: string | undefined;
  /** What starts it, by event; each with its filters. */
  readonly on: Readonly<Record<string, Trigger>>;
  /** Names of its jobs. */
  readonly jobs: readonly string[];
}

export interface Trigger {
  readonly branches?: readonly string[];
  readonly "branches-ignore"?: readonly string[];
  readonly inputs?: Readonly<Record<string, { readonly required?: boolean; readonly default?: unknown } | null>>;
}

interface Document {
  readonly name?: unknown;
  readonly "run-name"?: unknown;
  readonly on?: unknown;
  readonly jobs?: unknown;
}

const folder = ".github/workflows/";

/** The workflow files of a commit; one that is no YAML is left out, as it never runs. */
export async function readWorkflows(
  world: World,
  repository: Repository,
  sha: string,
): Promise<readonly WorkflowFile[]> {
  const { tree } = await mustReadCommit(world, repository, sha);
  const files = (await listTree(world.git, repository.id, tree, true)).filter(
    (item) =>
      item.type === "blob" && item.path.startsWith(folder) && /^[^/]+\.ya?ml$/.test(item.path.slice(folder.length)),
  );
  const read = await Promise.all(
    files.map(async (file) =>
      parseWorkflow(file.path, (await world.git.read(repository.id, file.sha))?.content.toString() ?? ""),
    ),
  );
  return read.filter((file) => file !== undefined);
}

function parseWorkflow(path: string, text: string): WorkflowFile | undefined {
  let document: Document | null;
  try {
    document = parse(text) as Document | null;
  } catch {
    return undefined;
  }
  if (typeof document !== "object" || document === null) return undefined;
  const runName = document["run-name"];
  return {
    path,
    name: typeof document.name === "string" ? document.name : path,
    runName: typeof runName === "string" ? runName : undefined,
    on: readTriggers(document.on),
    jobs: Object.entries((document.jobs ?? {}) as Record<string, { name?: string } | null>).map(
      ([id, job]) => job?.name ?? id,
    ),
  };
}

function readTriggers(on: unknown): Readonly<Record<string, Trigger>> {
  if (typeof on === "string") return { [on]: {} };
  if (Array.isArray(on)) return Object.fromEntries(on.map((event) => [String(event), {}]));
  if (typeof on !== "object" || on === null) return {};
  return Object.fromEntries(Object.entries(on).map(([event, trigger]) => [event, (trigger ?? {}) as Trigger]));
}

/** Whether a push to a branch starts the workflow. */
export function runsOnPush(file: WorkflowFile, branch: string): boolean {
  const trigger = file.on.push;
  if (trigger === undefined) return false;
  const named = (patterns: readonly string[]) => picomatch.isMatch(branch, [...patterns]);
  if (trigger.branches !== undefined && !named(trigger.branches)) return false;
  return trigger["branches-ignore"] === undefined || !named(trigger["branches-ignore"]);
}

/** The run's title by its `run-name`, where `${{ inputs.x }}` stands for an input. */
export function titleOf(file: WorkflowFile, inputs: Readonly<Record<string, string>>, otherwise: string): string {
  const title = file.runName?.replaceAll(
    /\$\{\{\s*(?:github\.event\.)?inputs\.([\w-]+)\s*\}\}/g,
    (_, name: string) => inputs[name] ?? "",
  );
  return title?.trim() || otherwise;
}
