import type { DecisionKey, Decisions, Ordered, OrderedKey, Origin } from "../core/policy/policy.ts";
import type { Properties } from "../core/repository.ts";
import { compileGlob } from "./glob.ts";
import type { RuleEntry } from "./rule-schema.ts";
import type { RequirementEntry, WindowsEntry } from "./schema.ts";

/** One rule of a file: what it is about, what it decides, and where each of its keys stands. */
export interface Rule {
  /** What of the uses and the update must hold. What the repository must be was looked at before. */
  readonly match: Pick<NonNullable<RuleEntry["match"]>, "image" | "path" | "kind" | "change" | "urgency">;
  readonly decisions: { readonly [K in DecisionKey]?: Decisions[K] | undefined };
  readonly originOf: (key: DecisionKey) => Origin;
}

/** A part of the organisation's floor, as a rule is: what it decides can only be made stricter. */
export interface Requirement {
  readonly match: Pick<Rule["match"], "image" | "path">;
  readonly decisions: { readonly [K in OrderedKey]?: Ordered[K] | undefined };
  readonly originOf: (key: OrderedKey) => Origin;
}

/** The repository that configuration is read for; whatever is absent is not known. */
export interface About {
  /** `owner/name`. */
  readonly name?: string;
  readonly properties?: Properties;
}

/** Where a key stands in a file, given its path below an entry: 1-based. */
type LineOf = (keys: readonly string[]) => number;

/** The rule as far as it is about this repository: none when its properties are others, or not known. */
export function rulesFor(entry: RuleEntry, { properties }: About, path: string, line: LineOf): readonly Rule[] {
  const { match: { property, ...match } = {}, gate, windows, ...rest } = entry;
  if (property !== undefined && (properties === undefined || !hasAll(properties, property))) return [];
  return [
    {
      match,
      decisions: { ...rest, "gate.failOn": gate?.failOn, ...windowDecisions(windows) },
      originOf: (key) => ({ path, line: line(key.split(".")) }),
    },
  ];
}

/** What a file says of windows outside its rules decides as a last rule would that is about everything. */
export function windowsRule(windows: WindowsEntry, path: string, line: LineOf): Rule {
  return {
    match: {},
    decisions: windowDecisions(windows),
    originOf: (key) => ({ path, line: line(key.split(".")) }),
  };
}

/** The part of the floor that is under this repository. Whatever is not known of it counts as met: unknown is never lax. */
export function requirementsFor(
  entry: RequirementEntry,
  { name, properties }: About,
  path: string,
  line: LineOf,
): readonly Requirement[] {
  const { match: { repository, property, ...match } = {}, gate, windows, ...rest } = entry;
  const isNamed = repository === undefined || name === undefined || matchesName(repository, name);
  const hasProperties = property === undefined || properties === undefined || hasAll(properties, property);
  if (!isNamed || !hasProperties) return [];
  return [
    {
      match,
      decisions: { ...rest, "gate.failOn": gate?.failOn, ...windowDecisions(windows) },
      originOf: (key) => ({ path, line: line(key.split(".")) }),
    },
  ];
}

function windowDecisions({ propose, merge, deploy }: WindowsEntry = {}) {
  return { "windows.propose": propose, "windows.merge": merge, "windows.deploy": deploy };
}

/** GitHub tells names apart without regard to case. */
function matchesName(glob: string, name: string): boolean {
  return compileGlob(glob.toLowerCase())(name.toLowerCase());
}

function hasAll(properties: Properties, wanted: Readonly<Record<string, readonly string[]>>): boolean {
  return Object.entries(wanted).every(([key, values]) => {
    const value = Object.hasOwn(properties, key) ? properties[key] : undefined;
    return [value ?? []].flat().some((one) => values.includes(one));
  });
}
