import type { Range } from "./logical-line.ts";

/** A character, or any one. */
type Token = string | typeof ANY;

const ANY = Symbol("?");

/** The runs of tokens between the `*`s; at least one. */
type Pattern = readonly (readonly Token[])[];

/** `${V#p}` and `${V##p}`: the value without its shortest or longest beginning that matches; `undefined` for a bad pattern. */
export function trimPrefix(value: string, pattern: string, longest: boolean): string | undefined {
  const runs = parsePattern(pattern);
  return runs === undefined ? undefined : value.slice(matchAt(value, runs, 0, longest) ?? 0);
}

/** `${V%p}` and `${V%%p}`: the same at the end of the value. */
export function trimSuffix(value: string, pattern: string, longest: boolean): string | undefined {
  const runs = parsePattern(pattern)?.map((run) => run.toReversed());
  if (runs === undefined) return undefined;
  const reversed = Array.from(value).toReversed().join("");
  const kept = reversed.slice(matchAt(reversed, runs.toReversed(), 0, longest) ?? 0);
  return Array.from(kept).toReversed().join("");
}

/** `${V/p/r}` and `${V//p/r}`: the value with its first `most` longest matches replaced; `undefined` for a bad pattern. */
export function replaceMatches(value: string, pattern: string, replacement: string, most: number): string | undefined {
  const runs = parsePattern(pattern);
  if (runs === undefined || pattern === "") return undefined;
  let result = "";
  let at = 0;
  for (let left = most; left > 0; left -= 1) {
    const match = findMatch(value, runs, at);
    if (match === undefined) break;
    result += value.slice(at, match.start) + replacement;
    at = match.end;
    if (at === value.length) break;
  }
  return result + value.slice(at);
}

/** `*` is any text, `?` any one character; a backslash makes them, and itself, plain. */
function parsePattern(pattern: string): Pattern | undefined {
  const runs: Token[][] = [[]];
  for (let at = 0; at < pattern.length; at += 1) {
    const next = pattern[at + 1] ?? "";
    const escaped = pattern[at] === "\\";
    if (escaped && !"*?\\}/".includes(next || " ")) return undefined;
    if (escaped) at += 1;
    const character = pattern[at] ?? "";
    if (character === "*" && !escaped) runs.push([]);
    else runs.at(-1)?.push(character === "?" && !escaped ? ANY : character);
  }
  return runs;
}

/** Where the pattern's match that begins at `start` ends. Each run is taken where it first fits, only the last as far as asked. */
function matchAt(value: string, [first = [], ...rest]: Pattern, start: number, longest: boolean): number | undefined {
  if (!fits(value, first, start)) return undefined;
  let end = start + first.length;
  for (const [i, run] of rest.entries()) {
    const found = longest && i === rest.length - 1 ? findLast(value, run, end) : findFirst(value, run, end);
    if (found === undefined) return undefined;
    end = found + run.length;
  }
  return end;
}

function findMatch(value: string, runs: Pattern, from: number): Range | undefined {
  const start = findFirst(value, runs[0] ?? [], from);
  const end = start === undefined ? undefined : matchAt(value, runs, start, true);
  return start === undefined || end === undefined ? undefined : { start, end };
}

function findFirst(value: string, run: readonly Token[], from: number): number | undefined {
  for (let at = from; at + run.length <= value.length; at += 1) if (fits(value, run, at)) return at;
  return undefined;
}

function findLast(value: string, run: readonly Token[], from: number): number | undefined {
  for (let at = value.length - run.length; at >= from; at -= 1) if (fits(value, run, at)) return at;
  return undefined;
}

function fits(value: string, run: readonly Token[], at: number): boolean {
  return at + run.length <= value.length && run.every((token, i) => token === ANY || token === value[at + i]);
}
