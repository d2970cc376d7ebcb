import { reason } from "../../core/reason.ts";
import type { Piece, Span, Use, Variable } from "../../core/use/use.ts";
import type { Expand } from "../use/image.ts";

/** `$$`, `$NAME`, `${NAME}`, and `${NAME…}` with a default, a message or an alternative that has no braces in it. */
const VARIABLE = /\$(?:\$|(?<plain>[A-Za-z_]\w*)|\{(?<name>[A-Za-z_]\w*)(?:(?<operator>:?[-?+])(?<word>[^{}$]*))?\})/g;
const MAX_NAME = 128;
/** No reference is put together from more. */
const MOST_PIECES = 32;

/** A value of a variable, and where it stands. */
export interface EnvironmentValue extends Span {
  readonly value: string;
}

/** What an environment file sets; without a value where it takes one from elsewhere. */
export type Environment = ReadonlyMap<string, EnvironmentValue | undefined>;

/** A text as Compose reads it, in pieces; `blocked` where the files do not say what it comes to. */
export interface Interpolated {
  readonly text: string;
  readonly pieces: readonly Piece[];
  readonly variables: readonly Variable[];
  readonly blocked?: NonNullable<Use["blocked"]>;
}

/**
 * Expands a text that begins at `start` as Compose does, as far as files alone say what comes of it: a variable has the value
 * of the environment file, or counts as its default.
 * https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md
 */
export function interpolate(
  text: string,
  { path, start }: { readonly path: string; readonly start: number },
  environment: Environment,
): Interpolated {
  const pieces: Piece[] = [];
  const variables: Variable[] = [];
  const add = (from: number, to: number) => {
    if (to > from) pieces.push({ path, start: start + from, end: start + to, text: text.slice(from, to) });
  };
  let last = 0;
  for (const match of text.matchAll(VARIABLE)) {
    const { plain, name = plain } = match.groups ?? {};
    const end = match.index + match[0].length;
    add(last, match.index);
    last = end;
    if (name === undefined) add(end - 1, end);
    const found = name === undefined ? undefined : valueFor(name, match, { path, start }, environment);
    if (name !== undefined && found === undefined) return unresolved(name);
    if (found === undefined || name === undefined) continue;
    variables.push({ ...found, name });
    pieces.push({ path: found.path, start: found.start, end: found.end, text: found.value, isValue: true });
  }
  add(last, text.length);
  const left = text.replaceAll(VARIABLE, "");
  if (left.includes("$") || pieces.length > MOST_PIECES) return unresolved(text);
  return { text: pieces.map((piece) => piece.text).join(""), pieces, variables };
}

/** What the variable of a match comes to: its value, its default, or nothing that the files say. */
function valueFor(
  name: string,
  match: RegExpExecArray,
  { path, start }: { readonly path: string; readonly start: number },
  environment: Environment,
): EnvironmentValue | undefined {
  const { operator, word = "" } = match.groups ?? {};
  const set = environment.get(name);
  const isSet = environment.has(name) && (set === undefined || set.value !== "" || operator?.startsWith(":") !== true);
  if (isSet) return operator?.endsWith("+") ? undefined : set;
  if (operator !== "-" && operator !== ":-") return undefined;
  const end = start + match.index + match[0].length - 1;
  return { path, start: end - word.length, end, value: word };
}

function unresolved(name: string): Interpolated {
  const blocked = { state: "unsupported", reason: reason("unresolved-variable", name.slice(0, MAX_NAME)) } as const;
  return { text: "", pieces: [], variables: [], blocked };
}

/** The same for a text that names an image. */
export function expandWith(environment: Environment): Expand {
  return (text, place) => {
    if (!text.includes("$")) return { state: "whole", start: 0, end: text.length, variables: [] };
    const { pieces, variables, blocked } = interpolate(text, place, environment);
    return blocked === undefined
      ? { state: "pieces", pieces, variables }
      : { state: "unsupported", reason: blocked.reason };
  };
}
