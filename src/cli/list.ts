import type { UseState } from "../core/plan/update.ts";
import { type Reason, reason, sentence } from "../core/reason.ts";
import { formatReference } from "../core/reference.ts";
import type { Use } from "../core/use/use.ts";
import { type ExitCode, exitCode } from "./exit.ts";
import { count, type Output, printJson, printNote, printTable, shortenDigests } from "./output.ts";
import type { LocalTools } from "./tools.ts";
import { describeUnread, isEmpty, NOTHING, openWorkspace, reportProblems, type Workspace } from "./workspace.ts";

interface ListArguments {
  readonly folder: string;
  /** Shows a person also what the configuration ignores. */
  readonly all: boolean;
  readonly output: Output;
}

/** `oakum list`: every use in a checkout, as far as the files alone tell. Asks no registry. */
export async function runList(
  { folder, all, output }: ListArguments,
  { managers }: Pick<LocalTools, "managers">,
): Promise<ExitCode> {
  const workspace = await openWorkspace(folder, managers);
  const stopped = reportProblems(output, workspace);
  const listed = workspace.uses.map((use) => ({ use, ...stateOf(use, workspace.ignored(use.path)) }));
  if (output.json) for (const one of listed) printJson(output, jsonOf(one));
  else printList(output, listed, all, workspace);
  return exitCode({ input: stopped || workspace.problems.length > 0 });
}

function printList(output: Output, listed: readonly Listed[], all: boolean, workspace: Workspace): void {
  const shown = listed.filter((one) => all || one.reason.code !== "ignored");
  printTable(output, ["USE", "ROLE", "IMAGE", "STATE", "WHY"], shown.map(rowOf));
  const hidden = listed.length - shown.length;
  const ignored = hidden === 0 ? "" : `, ${hidden} more ignored (shown by --all)`;
  const hint = shown.length === 0 ? "" : "; oakum plan asks the registries";
  printNote(
    output,
    isEmpty(workspace) ? NOTHING : `oakum: ${count(shown.length, "use")}${ignored}${describeUnread(workspace)}${hint}`,
  );
}

interface Listed {
  readonly use: Use;
  readonly state: UseState;
  readonly reason: Reason;
}

/** What the file alone says of a use. */
export function stateOf(use: Use, ignored: boolean): Omit<Listed, "use"> {
  if (ignored) return { state: "held", reason: reason("ignored") };
  if (use.blocked !== undefined) return use.blocked;
  return { state: "unknown", reason: reason("not-asked") };
}

/** The fields are stable: scripts read them. */
function jsonOf({ use, state, reason: why }: Listed): object {
  const { path, line, manager, role, text, resolved, reference, comment, platform, within } = use;
  return {
    path,
    line,
    manager,
    kind: "image",
    role,
    text,
    resolved: resolved ?? null,
    reference:
      reference === undefined
        ? null
        : {
            registry: reference.registry,
            repository: reference.repository,
            tag: reference.tag ?? null,
            digest: reference.digest ?? null,
          },
    comment: comment?.tag ?? null,
    platform: platform ?? null,
    within: within ?? null,
    state,
    reason: why.code,
    message: sentence(why),
  };
}

function rowOf({ use, state, reason: why }: Listed): readonly string[] {
  const image = use.reference === undefined ? (use.resolved ?? use.text) : formatReference(use.reference);
  return [`${use.path}:${use.line}`, use.role, shortenDigests(image), state, sentence(why)];
}
