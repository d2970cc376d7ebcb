import type { YamlPath } from "./yaml.ts";

/** How much it matters that a key is left out: more than a `warning` where that would be less safe than what was asked for. */
type Level = "fatal" | "error" | "warning";

/** What follows from a key that is not acted on. */
export const EFFECTS: Readonly<Record<Level, string>> = {
  fatal: "Oakum does not start with it",
  error: "nothing is proposed while it stands here",
  warning: "it has no effect",
};

/** A key of the format that this version of Oakum does not act on. */
export interface NotYet<L extends Level = Level> {
  /** Keys from the root; `*` stands for every item of a list, or for every name. */
  readonly path: readonly string[];
  /** Only these values; all, when absent. */
  readonly applies?: (value: unknown) => boolean;
  /** Those values in words, for the documentation. */
  readonly values?: string;
  readonly level: L;
}

/** Everything of a configuration that is read but not acted on yet. Lines go as the rooms that act on them are built. */
export const NOT_YET: readonly NotYet<"error" | "warning">[] = [
  { path: ["rules", "*", "signature"], applies: isRequire, values: "`require`", level: "error" },
  { path: ["require", "*", "signature"], applies: isRequire, values: "`require`", level: "error" },
  {
    path: ["notify", "*"],
    applies: (value) => !String(value).startsWith("webhook:"),
    values: "Kinds other than `webhook`",
    level: "warning",
  },
];

function isRequire(value: unknown): boolean {
  return value === "require";
}

/** The same of the operator's file: what it would grant or choose cannot be left out, so Oakum does not start with it. */
export const OPERATOR_NOT_YET: readonly NotYet<"fatal">[] = [
  { path: ["grants"], level: "fatal" },
  { path: ["scanners"], level: "fatal" },
  {
    path: ["channels", "*", "kind"],
    applies: (value) => value !== "webhook",
    values: "Kinds other than `webhook`",
    level: "fatal",
  },
];

interface Unsupported<L extends Level> {
  readonly path: YamlPath;
  readonly level: L;
  readonly sentence: string;
}

/** What a file asks for that is not supported yet, in the order of the table. */
export function findUnsupported<L extends Level>(
  file: unknown,
  table: readonly NotYet<L>[],
): readonly Unsupported<L>[] {
  return table.flatMap(({ path, applies, level }) =>
    [...occurrences(file, path, [])]
      .filter(({ value }) => applies === undefined || applies(value))
      .map(({ at, value }) => ({ path: at, level, sentence: sentenceOf(at, value, applies !== undefined, level) })),
  );
}

function sentenceOf(at: YamlPath, value: unknown, valueMatters: boolean, level: Level): string {
  const key = at.filter((step) => typeof step === "string").at(-1) ?? "";
  const subject = valueMatters ? `${key}: ${JSON.stringify(value)}` : key;
  return `${subject} is not yet supported: ${EFFECTS[level]}`;
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
