import type { Problem } from "../../core/use/use.ts";
import { plainText, readHcl, readTemplate } from "../syntax/hcl/read.ts";
import type { HclBody, HclExpression } from "../syntax/hcl/tree.ts";
import { childAt, entriesOf, follow } from "../syntax/yaml/look.ts";
import { readYaml } from "../syntax/yaml/read.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";

/** What one block of a target sets. */
export type Attributes = ReadonlyMap<string, HclExpression>;

/** A file of Docker Bake, whichever its syntax. */
export interface Definition {
  readonly path: string;
  readonly text: string;
  /** The defaults of variables; without one where a build has to set it. */
  readonly variables: ReadonlyMap<string, HclExpression | undefined>;
  /** A target may stand in several blocks, which count together. */
  readonly targets: ReadonlyMap<string, readonly Attributes[]>;
  readonly problems: readonly Problem[];
  /** What conditions were found to come to: each is looked at once, however often it is read. */
  readonly choices: Map<HclExpression, HclExpression>;
  lineOf(offset: number): number;
}

/** Reads a file of Docker Bake: https://docs.docker.com/build/bake/reference/ */
export function readDefinition(path: string, text: string): Definition {
  return /\.json$/i.test(path) ? fromJson(path, text) : fromHcl(path, text);
}

function fromHcl(path: string, text: string): Definition {
  const { body, problems, lineOf } = readHcl(path, text);
  const named = (type: string) =>
    body.blocks.flatMap((block): [string, HclBody][] =>
      block.type === type && block.labels[0] !== undefined ? [[block.labels[0], block.body]] : [],
    );
  const targets = new Map<string, Attributes[]>();
  for (const [name, { attributes }] of named("target")) targets.set(name, [...(targets.get(name) ?? []), attributes]);
  return {
    ...{ path, text, problems, lineOf, targets, choices: new Map() },
    // An attribute of the file is a variable too.
    variables: new Map([
      ...body.attributes,
      ...named("variable").map(([name, { attributes }]) => [name, attributes.get("default")] as const),
    ]),
  };
}

function fromJson(path: string, text: string): Definition {
  const { documents, problems, lineOf } = readYaml(path, text);
  const [root] = documents;
  const variables = entriesOf(childAt(root, "variable")).map(([name, value]) => {
    const found = childAt(value, "default");
    return [name, found && expressionOf(text, found)] as const;
  });
  const targets = entriesOf(childAt(root, "target")).map(([name, target]) => {
    const attributes = new Map(entriesOf(target).map(([key, value]) => [key, expressionOf(text, value)]));
    return [name, [attributes]] as const;
  });
  return {
    ...{ path, text, problems, lineOf, choices: new Map() },
    variables: new Map(variables),
    targets: new Map(targets),
  };
}

/** What stands in JSON, as HCL reads it: its strings are templates. */
function expressionOf(text: string, node: YamlNode): HclExpression {
  const found = follow(node);
  if (found?.kind === "map") {
    const entries = entriesOf(found).map(([key, value]) => ({ key, value: expressionOf(text, value) }));
    return { kind: "object", entries, start: 0, end: 0 };
  }
  if (found?.kind === "list") {
    return { kind: "list", items: found.items.map((item) => expressionOf(text, item)), start: 0, end: 0 };
  }
  const { start, end, value, isExact, isPlain } = found ?? {
    start: 0,
    end: 0,
    value: "",
    isExact: false,
    isPlain: true,
  };
  if (isPlain && value === "null") return { kind: "name", path: [value], start, end };
  if (isPlain)
    return /^\d/.test(value) ? { kind: "number", text: value, start, end } : { kind: "other", terms: [], start, end };
  if (isExact) return readTemplate(text, start, end) ?? { kind: "other", terms: [], start, end };
  const parts = [{ kind: "literal" as const, value, start, end, isExact }];
  return value.includes("${") ? { kind: "other", terms: [], start, end } : { kind: "text", parts, start, end };
}

/** The plain texts of a list; `undefined` where any of them is computed. */
export function textsOf(expression: HclExpression | undefined): readonly string[] | undefined {
  if (expression === undefined) return [];
  if (expression.kind !== "list") return undefined;
  const texts = expression.items.map(plainText);
  return texts.every((text) => text !== undefined) ? texts : undefined;
}
