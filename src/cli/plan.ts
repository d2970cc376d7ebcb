import type { ImageFacts } from "../core/plan/update.ts";
import { sentence } from "../core/reason.ts";
import { imageKey } from "../core/reference.ts";
import type { Use } from "../core/use/use.ts";
import { EXIT, type ExitCode, exitCode } from "./exit.ts";
import { askRegistries } from "./facts.ts";
import { stateOf } from "./list.ts";
import { type LocalPlan, planWorkspace } from "./local-plan.ts";
import { count, type Output, printJson, printNote, printTable, shortenDigests } from "./output.ts";
import { createProgress } from "./progress.ts";
import { tagsJson } from "./tags.ts";
import type { LocalTools } from "./tools.ts";
import { describeUnread, isEmpty, NOTHING, openWorkspace, reportProblems, type Workspace } from "./workspace.ts";

const WITHOUT_CLOCK = "oakum: minAge is left out: only the App's store knows when a candidate was first seen";
/** Registries named in a hint. */
const MOST_HOSTS = 5;

export interface PlanArguments {
  readonly folder: string;
  /** Normalised `host[:port]`. */
  readonly allowRegistry: readonly string[];
  readonly output: Output;
}

/** What planning a checkout needs. */
export type PlanTools = Pick<LocalTools, "managers" | "openRegistries" | "now">;

/** `oakum plan`: what would become of a checkout, by what the registries say now. Changes nothing. */
export async function runPlan(args: PlanArguments, tools: PlanTools): Promise<ExitCode> {
  const planned = await planCheckout(args, tools);
  if (planned === undefined) return EXIT.input;
  const { workspace, plan, unasked } = planned;
  printPlan(args.output, plan);
  if (!args.output.json) printSummary(args.output, plan, workspace);
  printUnasked(args.output, unasked);
  const pending = plan.updates.length > 0;
  return exitCode({ pending, input: workspace.problems.length > 0, unreachable: unasked.length > 0 });
}

interface PlannedCheckout {
  readonly workspace: Workspace;
  readonly plan: LocalPlan;
  /** The registries that had to be asked about something and were not, or could not be. */
  readonly unasked: readonly string[];
}

/** Reads, asks and plans; `undefined` when the configuration has errors, which a person has been told. */
export async function planCheckout(
  { folder, allowRegistry, output }: PlanArguments,
  { managers, openRegistries, now }: PlanTools,
): Promise<PlannedCheckout | undefined> {
  const workspace = await openWorkspace(folder, managers);
  if (reportProblems(output, workspace)) return undefined;
  const uses = usesToAsk(workspace);
  if (uses.length > 0) printNote(output, WITHOUT_CLOCK);
  const session = await openRegistries(allowRegistry);
  const progress = createProgress(output.json ? withoutScreen(output) : output);
  try {
    progress.show([{ who: "registries", doing: `asked about ${count(uses.length, "use")}`, since: now() }]);
    const facts = await askRegistries(uses, { session, policyOf: workspace.policyOf, now: now() });
    return {
      workspace,
      plan: planWorkspace(workspace, facts, managers, now()),
      unasked: unaskedRegistries(uses, facts),
    };
  } finally {
    progress.end();
    await session.close();
  }
}

/** JSON Lines are all that stdout has, on a terminal too. */
function withoutScreen({ width: _, ...output }: Output): Output {
  return output;
}

function unaskedRegistries(uses: readonly Use[], facts: ReadonlyMap<string, ImageFacts>): readonly string[] {
  const registries = uses.flatMap(({ reference }) => {
    const found = reference === undefined ? undefined : facts.get(imageKey(reference));
    return reference === undefined || found === undefined || !isUnasked(found) ? [] : [reference.registry];
  });
  return [...new Set(registries)].toSorted();
}

/** A registry is asked only about what the files and the configuration leave open. */
function usesToAsk({ uses, ignored }: Workspace): readonly Use[] {
  return uses.filter((use) => stateOf(use, ignored(use.path)).reason.code === "not-asked");
}

function isUnasked(facts: ImageFacts): boolean {
  return facts.state !== "known" || (facts.problems !== undefined && facts.problems.length > 0);
}

/** The fields of the JSON lines are stable: scripts read them. */
export function printPlan(output: Output, { updates, held, tagsOf }: LocalPlan): void {
  if (output.json) {
    for (const { use, from, to, change, edits } of updates) {
      printJson(output, {
        path: use.path,
        line: use.line,
        from,
        to,
        change,
        reason: null,
        edits: edits.map(editOf),
        tags: tagsJson(tagsOf(use)),
      });
    }
    for (const { use, state, reason: why } of held) {
      const { path, line, resolved, text } = use;
      printJson(output, {
        path,
        line,
        from: resolved ?? text,
        state,
        reason: why.code,
        message: sentence(why),
        tags: tagsJson(tagsOf(use)),
      });
    }
    return;
  }
  printTable(
    output,
    ["UPDATE", "CHANGE", "FROM", "TO"],
    updates.map(({ use, change, from, to }) => [
      `${use.path}:${use.line}`,
      change,
      shortenDigests(from),
      shortenDigests(to),
    ]),
  );
  // A person ignored these on purpose: they are counted, and `list` has them.
  const news = held.filter((use) => !isIgnored(use));
  if (updates.length > 0 && news.length > 0) output.out("\n");
  printTable(
    output,
    ["NOT UPDATED", "STATE", "IMAGE", "WHY"],
    news.map(({ use, state, reason: why }) => {
      return [
        `${use.path}:${use.line}`,
        state,
        shortenDigests(use.resolved ?? use.text),
        shortenDigests(sentence(why)),
      ];
    }),
  );
}

/** The end of a person's plan, and what would let it say more. */
function printSummary(output: Output, { updates, held, current }: LocalPlan, workspace: Workspace): void {
  if (isEmpty(workspace)) {
    printNote(output, NOTHING);
    return;
  }
  const closed = held.filter(({ reason: why }) => why.code === "registry-not-allowed");
  const named = new Set(closed.flatMap(({ use }) => use.reference?.registry ?? []));
  // The option takes hosts in lower case only.
  const hosts = [...named].filter((host) => host === host.toLowerCase()).slice(0, MOST_HOSTS);
  if (hosts.length > 0) {
    printNote(output, `oakum: to have them asked: ${hosts.map((host) => `--allow-registry ${host}`).join(" ")}`);
  }
  const ignored = held.filter(isIgnored).length;
  const kept = `${held.length - ignored} not updated, ${current} current${ignored === 0 ? "" : `, ${ignored} ignored`}`;
  const hint = updates.length === 0 ? "" : `; oakum apply writes ${updates.length === 1 ? "it" : "them"}`;
  printNote(output, `oakum: ${count(updates.length, "update")}, ${kept}${describeUnread(workspace)}${hint}`);
}

/** That the answer is not whole, and because of whom. */
export function printUnasked(output: Output, registries: readonly string[]): void {
  if (registries.length === 0) return;
  const named = registries.slice(0, MOST_HOSTS).join(", ");
  const more = registries.length > MOST_HOSTS ? ` and ${registries.length - MOST_HOSTS} more` : "";
  printNote(output, `oakum: this is not the whole answer: ${named}${more} could not be asked`);
}

function isIgnored({ reason: why }: LocalPlan["held"][number]): boolean {
  return why.code === "ignored";
}

function editOf({ path, start, end, expect, text }: LocalPlan["updates"][number]["edits"][number]): object {
  return { path, start, end, expect, text };
}
