import type { Lookup } from "./expression-use.ts";
import { plainText } from "./read.ts";
import type { HclBody, HclExpression } from "./tree.ts";

/** What `var.…` stands for by its default, and `local.…`, as Terraform and Nomad have them. */
export function scopeOf(body: HclBody): Lookup {
  const variables = new Map<string, HclExpression>();
  const locals = new Map<string, HclExpression>();
  for (const { type, labels, body: own } of body.blocks) {
    const given = own.attributes.get("default");
    if (type === "variable" && given !== undefined) variables.set(labels[0] ?? "", given);
    if (type === "locals") for (const [name, value] of own.attributes) locals.set(name, value);
  }
  return ([kind, name = "", ...steps]) => {
    const value = kind === "var" ? variables.get(name) : kind === "local" ? locals.get(name) : undefined;
    return steps.reduce<HclExpression | undefined>(entryOf, value);
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
