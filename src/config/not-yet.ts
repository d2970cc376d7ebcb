import type { YamlPath } from "./yaml.ts";

/** A key of the format that this version of Oakum does not act on. */
interface NotYet {
  /** Keys from the root; `*` stands for every item of a list. */
  readonly path: readonly string[];
  /** Only these values; all, when absent. */
  readonly applies?: (value: unknown) => boolean;
  /** Those values in words, for the documentation. */
  readonly values?: string;
  /** `error` where leaving the key out would be less safe than what was asked for: then nothing is proposed. */
  readonly level: "error" | "warning";
}

/** Everything that is read but not acted on yet. Lines go as the rooms that act on them are built. */
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

interface Unsupported {
  readonly path: YamlPath;
  readonly level: "error" | "warning";
  readonly sentence: string;
}

/** What a file asks for that is not supported yet, in the order of the table. */
export function findUnsupported(file: unknown): readonly Unsupported[] {
  return NOT_YET.flatMap(({ path, applies, level }) =>
    [...occurrences(file, path, [])]
      .filter(({ value }) => applies === undefined || applies(value))
      .map(({ at, value }) => ({ path: at, level, sentence: sentenceOf(at, value, applies !== undefined, level) })),
  );
}

function sentenceOf(at: YamlPath, value: unknown, valueMatters: boolean, level: "error" | "warning"): string {
  const key = at.filter((step) => typeof step === "string").at(-1) ?? "";
  const subject = valueMatters ? `${key}: ${JSON.stringify(value)}` : key;
  const effect = level === "error" ? "nothing is proposed while it stands here" : "it has no effect";
  return `${subject} is not yet supported: ${effect}`;
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
  } else if (typeof value === "object" && value !== null && Object.hasOwn(value, step)) {
    yield* occurrences((value as Readonly<Record<string, unknown>>)[step], rest, [...at, step]);
  }
}
