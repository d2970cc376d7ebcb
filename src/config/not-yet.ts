import type { YamlPath } from "./yaml.ts";

/** A key of the format that this version of Oakum does not act on. */
export interface NotYet {
  /** Keys from the root; `*` stands for every item of a list, or for every name. */
  readonly path: readonly string[];
  /** Only these values; all, when absent. */
  readonly applies?: (value: unknown) => boolean;
  /** Those values in words, for the documentation. */
  readonly values?: string;
  /** Not a warning where to leave the key out would be less safe than what was asked for: then nothing is proposed. */
  readonly level: "fatal" | "error" | "warning";
}

/** Everything of a configuration that is read but not acted on yet. Lines go as the rooms that act on them are built. */
export const NOT_YET: readonly NotYet[] = [
  { path: ["windows"], level: "error" },
  { path: ["require"], level: "error" },
  { path: ["rules", "*", "match", "property"], level: "error" },
  { path: ["rules", "*", "reviewers"], level: "error" },
  { path: ["rules", "*", "signature"], applies: (value) => value === "require", values: "`require`", level: "error" },
  { path: ["due"], level: "warning" },
  {
    path: ["notify", "*"],
    applies: (value) => !String(value).startsWith("webhook:"),
    values: "Kinds other than `webhook`",
    level: "warning",
  },
];

/** The same of the operator's file: what it would grant or choose cannot be left out, so Oakum does not start with it. */
export const OPERATOR_NOT_YET: readonly NotYet[] = [
  { path: ["grants"], level: "fatal" },
  { path: ["scanners"], level: "fatal" },
  { path: ["environments", "*", "path"], level: "fatal" },
  {
    path: ["channels", "*", "kind"],
    applies: (value) => value !== "webhook",
    values: "Kinds other than `webhook`",
    level: "fatal",
  },
];

interface Unsupported {
  readonly path: YamlPath;
  readonly level: NotYet["level"];
  readonly sentence: string;
}

/** What a file asks for that is not supported yet, in the order of the table. */
export function findUnsupported(file: unknown, table: readonly NotYet[]): readonly Unsupported[] {
  return table.flatMap(({ path, applies, level }) =>
    [...occurrences(file, path, [])]
      .filter(({ value }) => applies === undefined || applies(value))
      .map(({ at, value }) => ({ path: at, level, sentence: sentenceOf(at, value, applies !== undefined) })),
  );
}

function sentenceOf(at: YamlPath, value: unknown, valueMatters: boolean): string {
  const key = at.filter((step) => typeof step === "string").at(-1) ?? "";
  return `${valueMatters ? `${key}: ${JSON.stringify(value)}` : key} is not yet supported`;
}

function* occurrences(
  value: unknown,
  pattern: readonly string[],
  at: YamlPath,
): Generator<{ readonly at: YamlPath; readonly value: unknown }> {
  const [step, ...rest] = pattern;
  if (step === undefined) yield { at, value };
  else if (step === "*" && Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* occurrences(item, rest, [...at, index]);
  } else if (step === "*" && typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) yield* occurrences(item, rest, [...at, key]);
  } else if (typeof value === "object" && value !== null && Object.hasOwn(value, step)) {
    yield* occurrences((value as Readonly<Record<string, unknown>>)[step], rest, [...at, step]);
  }
}
