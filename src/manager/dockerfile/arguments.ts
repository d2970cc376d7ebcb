import { reason } from "../../core/reason.ts";
import { type Expansion, expand, type Scope, type Setting, variableAt } from "./expand.ts";
import { isSpace, type LogicalLine, type Range, skipSpace } from "./logical-line.ts";
import { parseWord } from "./word.ts";

/** Reads the words of an ARG in the global scope, in order, into `settings`: each may use those before it. */
export function defineArguments(
  line: LogicalLine,
  start: number,
  escapeToken: string,
  scope: Scope & { readonly settings: Map<string, Setting> },
): void {
  for (const word of argumentWords(line.text, start, escapeToken)) {
    const [name = "", ...values] = line.text.slice(word.start, word.end).split("=");
    // Without a value it declares a build argument, and what it was before stays.
    if (values.length === 0) continue;
    const range = { start: word.start + name.length + 1, end: word.end };
    const value = expandRange(line, range, escapeToken, scope);
    scope.settings.set(name, { variable: variableAt(name, range, line, scope), value });
  }
}

/** The expansion of a range of a line. What Docker could not read either is no reference. */
export function expandRange(line: LogicalLine, range: Range, escapeToken: string, scope: Scope): Expansion {
  const parts = parseWord(line.text, range, escapeToken);
  if (typeof parts !== "string") return expand(parts, line, scope);
  const blocked = { state: "unsupported", reason: reason("invalid-reference", parts) } as const;
  return { text: line.text.slice(range.start, range.end), variables: [], form: "computed", blocked };
}

/** Splits at white space outside quotes, as BuildKit's `parseWords`. */
function argumentWords(text: string, from: number, escapeToken: string): readonly Range[] {
  const words: Range[] = [];
  let at = skipSpace(text, from);
  while (at < text.length) {
    const start = at;
    at = endOfWord(text, start, escapeToken);
    words.push({ start, end: at });
    at = skipSpace(text, at);
  }
  return words;
}

function endOfWord(text: string, start: number, escapeToken: string): number {
  let quote = "";
  for (let at = start; at < text.length; at += 1) {
    const character = text[at] ?? "";
    if (character === escapeToken && quote !== "'") at += 1;
    else if (quote !== "") quote = character === quote ? "" : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (isSpace(character)) return at;
  }
  return text.length;
}

/** What only a build knows of its platforms stands for itself between two of these; no file that we read has one. */
const MARK = "\0";

const PLATFORM_ARGUMENTS = ["PLATFORM", "OS", "OSVERSION", "ARCH", "VARIANT"].flatMap((name) => [
  `BUILD${name}`,
  `TARGET${name}`,
]);

/** The variables that BuildKit sets by itself in the global scope. */
export function automaticArguments(): Map<string, Setting> {
  return new Map(
    [...PLATFORM_ARGUMENTS, "TARGETSTAGE"].map((name) => {
      const blocked = { state: "unsupported", reason: reason("unresolved-variable", name) } as const;
      return [name, { value: { text: MARK + name + MARK, variables: [], form: "computed", blocked } }];
    }),
  );
}

/** The platforms that public Dockerfiles name stages after: operating system, architecture, variant. */
const PLATFORMS = [
  ["linux", "amd64", ""],
  ["linux", "arm64", ""],
  ["linux", "arm", "v7"],
  ["linux", "arm", "v6"],
  ["linux", "arm", "v5"],
  ["linux", "386", ""],
  ["linux", "ppc64le", ""],
  ["linux", "s390x", ""],
  ["linux", "riscv64", ""],
  ["linux", "loong64", ""],
  ["linux", "mips64le", ""],
  ["windows", "amd64", ""],
  ["windows", "arm64", ""],
  ["darwin", "amd64", ""],
  ["darwin", "arm64", ""],
  ["freebsd", "amd64", ""],
  ["freebsd", "arm64", ""],
] as const;

/** What the text of an expansion can be, over the platforms that a build may be for: itself, if it names none. */
export function overPlatforms(text: string): readonly string[] {
  if (!text.includes(MARK)) return [text];
  return PLATFORMS.map(([os, architecture, variant]) =>
    text.replaceAll(/\0(?:BUILD|TARGET)(OS|ARCH|VARIANT)\0/g, (_, name: string) =>
      name === "OS" ? os : name === "ARCH" ? architecture : variant,
    ),
  );
}
