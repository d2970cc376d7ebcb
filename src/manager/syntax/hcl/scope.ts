import type { Known, Lookup } from "./expression-use.ts";
import { plainText } from "./read.ts";
import type { HclBody, HclExpression } from "./tree.ts";

/** What stands at the top of one file, and which file that is. */
export interface Definitions {
  readonly path: string;
  readonly text: string;
  readonly body: HclBody;
}

/**
 * What `var.…` stands for by its default, and `local.…`, as Terraform and Nomad have them, in files that are read as one.
 * `given` are files that set variables, in the order in which they are read: the last one counts, and all of them before defaults.
 */
export function scopeOf(files: readonly Definitions[], given: readonly Definitions[] = []): Lookup {
  const variables = new Map<string, Known>();
  const locals = new Map<string, Known>();
  for (const { path, text, body } of files) {
    for (const { type, labels, body: own } of body.blocks) {
      const expression = own.attributes.get("default");
      if (type === "variable" && expression !== undefined) variables.set(labels[0] ?? "", { path, text, expression });
      if (type !== "locals") continue;
      for (const [name, value] of own.attributes) locals.set(name, { path, text, expression: value });
    }
  }
  for (const { path, text, body } of given) {
    for (const [name, expression] of body.attributes) variables.set(name, { path, text, expression });
  }
  return ([kind, name = "", ...steps]) => {
    const known = kind === "var" ? variables.get(name) : kind === "local" ? locals.get(name) : undefined;
    const expression = steps.reduce<HclExpression | undefined>(entryOf, known?.expression);
    return known && expression && { ...known, expression };
  };
}

/** The value of a key of an object; of one that stands twice, the last. */
export function entryOf(expression: HclExpression | undefined, key: string): HclExpression | undefined {
  return expression?.kind === "object" ? expression.entries.findLast((entry) => entry.key === key)?.value : undefined;
}

/** The text that an attribute says by itself. */
export function textAt(body: HclBody | undefined, name: string): string | undefined {
  return plainText(body?.attributes.get(name));
}
