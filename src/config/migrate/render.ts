import { KINDS, type Kind } from "../../core/use/kind.ts";

/** A rule as it is written, with where it comes from. */
export interface WrittenRule {
  readonly comment: string;
  readonly match: {
    readonly image?: string;
    readonly path?: string;
    readonly kind?: readonly Kind[];
    readonly change?: readonly string[];
  };
  readonly decisions: {
    readonly allow?: readonly string[];
    readonly minAge?: string;
    readonly merge?: "auto" | "approval" | "never";
    readonly pin?: "digest" | "tag";
    readonly tags?: string;
    readonly reviewers?: readonly string[];
    readonly windows?: { readonly propose?: readonly string[]; readonly merge?: readonly string[] };
  };
}

/** What holds for a repository as a whole. */
export interface Top {
  readonly mode: "observe" | "propose";
  /** Beside the default one. */
  readonly branches?: readonly string[];
  readonly ignore: readonly string[];
  readonly open?: number;
  readonly perHour?: number;
  readonly prefix?: string;
  readonly labels: readonly string[];
}

/** Words of the format itself. */
const PLAIN = new Set<string>([
  ...KINDS,
  "pin",
  "digest",
  "patch",
  "minor",
  "major",
  "auto",
  "approval",
  "never",
  "tag",
]);

/** Text in double quotes as JSON writes it is YAML as well; numbers and words of the format need none. */
function value(of: unknown): string {
  if (Array.isArray(of)) return `[${of.map(value).join(", ")}]`;
  if (typeof of === "object" && of !== null) {
    const pairs = Object.entries(of).map(([key, one]) => `${key}: ${value(one)}`);
    return `{ ${pairs.join(", ")} }`;
  }
  return typeof of === "string" && !PLAIN.has(of) ? JSON.stringify(of) : String(of);
}

export function renderRule({ comment, match, decisions }: WrittenRule): string {
  const { windows, ...plain } = decisions;
  const entries = [
    ...(Object.keys(match).length > 0 ? [`match: ${value(match)}`] : []),
    ...Object.entries(plain).map(([key, one]) => `${key}: ${value(one)}`),
    ...(windows === undefined ? [] : [`windows: ${value(windowsOf(windows))}`]),
  ];
  return [`  # ${comment}`, ...entries.map((entry, at) => `  ${at === 0 ? "-" : " "} ${entry}`)].join("\n");
}

function windowsOf(windows: NonNullable<WrittenRule["decisions"]["windows"]>) {
  return Object.fromEntries(Object.entries(windows).map(([key, allow]) => [key, { allow }]));
}

/** The whole file. */
export function renderTop(
  { mode, branches = [], ignore, open, perHour, prefix, labels }: Top,
  rules: readonly string[],
): string {
  const limits = { ...(open !== undefined && { open }), ...(perHour !== undefined && { perHour }) };
  const commit = { ...(prefix !== undefined && { prefix }), ...(labels.length > 0 && { labels }) };
  const filled = (key: string, of: object) => (Object.keys(of).length === 0 ? [] : [`${key}: ${value(of)}`]);
  const lines = [
    "# Translated by oakum migrate. For each key of a rule the first that matches and sets it decides.",
    "version: 1",
    `mode: ${mode}`,
    "rules:",
    ...rules,
    ...(branches.length === 0 ? [] : [`branches: ${value(branches)}`]),
    ...(ignore.length === 0 ? [] : [`ignore: ${value(ignore)}`]),
    ...filled("limits", limits),
    ...filled("commit", commit),
  ];
  return `${lines.join("\n")}\n`;
}
