import { z } from "zod";
import { closest } from "./closest.ts";
import type { Position, YamlDocument, YamlPath } from "./yaml.ts";

type Issue = z.core.$ZodIssue;

interface Finding {
  readonly position: Position;
  readonly sentence: string;
}

/** As many as a person reads: a hostile file could have a hundred thousand. */
const MOST_FINDINGS = 50;

/** What `schema` finds wrong in a document, each at its key or value, with the nearest name that would be right. */
export function findProblems(schema: z.ZodType, document: YamlDocument, issues: readonly Issue[]): readonly Finding[] {
  const published = z.toJSONSchema(schema, { io: "input" });
  const known = (path: YamlPath) => keysAt(published, path);
  return issues
    .slice(0, MOST_FINDINGS)
    .flatMap((issue) => describe(issue, [], document, known))
    .slice(0, MOST_FINDINGS);
}

function describe(
  issue: Issue,
  above: YamlPath,
  document: YamlDocument,
  known: (path: YamlPath) => readonly string[],
): readonly Finding[] {
  const path = [...above, ...issue.path.filter((step) => typeof step !== "symbol")];
  if (issue.code === "unrecognized_keys") {
    const candidates = known(path);
    return issue.keys.slice(0, MOST_FINDINGS).map((key) => ({
      position: document.keyAt([...path, key]),
      sentence: `unknown key ${quote(key)}${suggestion(key, candidates)}`,
    }));
  }
  if (issue.code === "invalid_union") {
    const branch = closestBranch(issue.errors);
    if (branch !== undefined) return branch.flatMap((inner) => describe(inner, path, document, known));
  }
  return [{ position: document.valueAt(path), sentence: sentenceOf(issue, valueIn(document.value, path), path) }];
}

/** Of the forms that a value may have, the one whose outer shape it has. */
function closestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  const fitting = branches.filter(
    (issues) => !issues.some(({ code, path }) => code === "invalid_type" && path.length === 0),
  );
  return fitting.find((issues) => issues.some(({ path }) => path.length > 0)) ?? fitting[0] ?? branches[0];
}

function sentenceOf(issue: Issue, value: unknown, path: YamlPath): string {
  if (value === undefined) return `the key ${quote(String(path.at(-1) ?? ""))} is missing`;
  switch (issue.code) {
    case "invalid_value": {
      const values = issue.values.map(String);
      return `${quote(value)} is not ${listOf(values)}${typeof value === "string" ? suggestion(value, values) : ""}`;
    }
    case "invalid_type":
      return ownMessage(issue) ?? `must be ${SHAPES[issue.expected] ?? issue.expected}, not ${shapeOf(value)}`;
    case "too_small":
      return ownMessage(issue) ?? `must be at least ${issue.minimum}${unitOf(issue.origin)}`;
    case "too_big":
      return ownMessage(issue) ?? `must be at most ${issue.maximum}${unitOf(issue.origin)}`;
    default:
      return issue.message;
  }
}

/** The schema's own sentence; zod's begin with these words. */
function ownMessage({ message }: Issue): string | undefined {
  return /^(Invalid|Too (small|big))/.test(message) ? undefined : message;
}

const SHAPES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "a mapping of keys",
  record: "a mapping of keys",
};

function shapeOf(value: unknown): string {
  if (value === null) return "empty";
  const shape = Array.isArray(value) ? "array" : typeof value;
  return SHAPES[shape] ?? shape;
}

function unitOf(origin: string): string {
  if (origin === "string") return " characters long";
  return origin === "array" ? " entries long" : "";
}

function listOf(values: readonly string[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.join(", ")}`;
}

function suggestion(text: string, known: readonly string[]): string {
  const near = closest(text, known);
  return near === undefined ? "" : `; did you mean ${quote(near)}?`;
}

const LONGEST_QUOTE = 60;

function quote(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
}

function valueIn(value: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (inner, step) => (isRecord(inner) && Object.hasOwn(inner, step) ? inner[step] : undefined),
    value,
  );
}

function isRecord(value: unknown): value is Readonly<Record<string | number, unknown>> {
  return typeof value === "object" && value !== null;
}

/** The keys that a schema knows at a path, over all forms that the value there may have. */
function keysAt(schema: unknown, path: YamlPath): readonly string[] {
  if (!isRecord(schema)) return [];
  if (Array.isArray(schema.anyOf)) return schema.anyOf.flatMap((form) => keysAt(form, path));
  const [step, ...rest] = path;
  const properties = isRecord(schema.properties) ? schema.properties : {};
  if (step === undefined) return Object.keys(properties);
  return keysAt(typeof step === "number" ? schema.items : properties[step], rest);
}
