import type { HclExpression } from "../syntax/hcl/tree.ts";
import { type Attributes, type Definition, textsOf } from "./definition.ts";
import { isNull } from "./evaluate.ts";

/** A target with all that it inherits. */
export interface Target {
  readonly name: string;
  readonly attributes: Attributes;
  readonly args: Attributes;
  readonly contexts: Attributes;
}

const MOST_TARGETS = 1000;
const DEEPEST = 32;
/** What is inherited is copied from target to target. */
const MOST_ENTRIES = 50_000;

/** The targets of a file in order, each with what it inherits: its own settings count before those of its parents, the last first. */
export function targetsOf(definition: Definition): readonly Target[] {
  const known = new Map<string, Target>();
  let entries = 0;
  const resolve = (name: string, within: ReadonlySet<string>): Target | undefined => {
    const blocks = definition.targets.get(name);
    const done = known.get(name);
    if (
      done !== undefined ||
      blocks === undefined ||
      within.has(name) ||
      within.size > DEEPEST ||
      entries > MOST_ENTRIES
    )
      return done;
    const inner = new Set([...within, name]);
    const parents = blocks.flatMap((block) => parentsOf(block)).flatMap((parent) => resolve(parent, inner) ?? []);
    const own = blocks.map((attributes) => ({
      attributes,
      // What is null is not passed, and takes nothing away from what is inherited.
      args: new Map([...entriesIn(attributes.get("args"))].filter(([, value]) => !isNull(value, definition))),
      contexts: entriesIn(attributes.get("contexts")),
    }));
    const all = [...parents, ...own];
    const target: Target = {
      name,
      attributes: new Map(all.flatMap(({ attributes }) => [...attributes])),
      args: new Map(all.flatMap(({ args }) => [...args])),
      contexts: new Map(all.flatMap(({ contexts }) => [...contexts])),
    };
    entries += target.attributes.size + target.args.size + target.contexts.size;
    known.set(name, target);
    return target;
  };
  return [...definition.targets.keys()].slice(0, MOST_TARGETS).flatMap((name) => resolve(name, new Set()) ?? []);
}

/** The names of targets that others inherit from. */
export function inheritedNames({ targets }: Definition): ReadonlySet<string> {
  return new Set([...targets.values()].flat().flatMap(parentsOf));
}

function parentsOf(attributes: Attributes): readonly string[] {
  const names = textsOf(attributes.get("inherits")) ?? [];
  // Of one that is named twice the last time counts.
  return [...new Set(names.toReversed())].toReversed();
}

function entriesIn(expression: HclExpression | undefined): Attributes {
  const entries = expression?.kind === "object" ? expression.entries : [];
  return new Map(entries.flatMap(({ key, value }) => (key === undefined ? [] : [[key, value] as const])));
}
