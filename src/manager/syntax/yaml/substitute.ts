import { reason } from "../../../core/reason.ts";
import type { Piece, Variable } from "../../../core/use/use.ts";
import { type Expand, type Expansion, literal } from "../../use/image.ts";
import { isOtherNumber } from "../../use/plain-number.ts";
import type { YamlScalar } from "./tree.ts";

/** How a tool writes variables into its files, and what the same file says of each. */
export interface Substitution {
  /** Global; its group `name` is the variable's name. Where that is empty, the match stands for its last character. */
  readonly syntax: RegExp;
  /** Where the value, or the default, of a variable stands; `undefined` where the file does not say. */
  valueOf(name: string): YamlScalar | undefined;
}

const DEEPEST = 4;
/** No reference is longer, so no part of one is. */
const LONGEST = 1024;
/** No reference is put together from more. */
const MOST_PIECES = 32;
const MOST_SHOWN = 128;

/** Expands a text by the variables of its own file: each counts as what the file says, in which others may stand. */
export function substituted(substitution: Substitution): Expand {
  return (text, { path, start }) => {
    if (text.search(substitution.syntax) === -1) return literal(text);
    const read: Reading = { path, substitution, pieces: [], variables: [] };
    const unread = addText(read, text, start, 0);
    const { pieces, variables } = read;
    if (unread !== undefined) return unknown(unread);
    const left = literal(pieces.map((piece) => piece.text).join(""));
    return left.state === "unsupported" ? left : { state: "pieces", pieces, variables };
  };
}

interface Reading {
  readonly path: string;
  readonly substitution: Substitution;
  readonly pieces: Piece[];
  readonly variables: Variable[];
}

/** Adds a text in pieces; gives what cannot be read of it, if anything. `value`: what all of it is the value of. */
function addText(read: Reading, text: string, start: number, depth: number, value?: YamlScalar): string | undefined {
  const { path, substitution, pieces } = read;
  const add = (from: number, to: number) => {
    const isWhole = value !== undefined && from === 0 && to === text.length;
    const piece = { path, start: start + from, end: start + to, text: text.slice(from, to) };
    if (to > from || isWhole)
      pieces.push({ ...piece, ...(value && { isValue: true as const }), ...(isWhole && value.isPlain && PLAIN) });
  };
  let last = 0;
  for (const match of text.matchAll(substitution.syntax)) {
    const name = Object.values(match.groups ?? {}).find((group) => group !== undefined) ?? "";
    const end = match.index + match[0].length;
    if (match.index > last) add(last, match.index);
    last = end;
    if (name === "") add(end - 1, end);
    else if (!addVariable(read, name, depth)) return match[0];
    if (pieces.length > MOST_PIECES) return text;
  }
  if (last < text.length || text === "") add(last, text.length);
  return undefined;
}

const PLAIN = { isPlain: true } as const;

function addVariable(read: Reading, name: string, depth: number): boolean {
  const { path, substitution, variables } = read;
  const scalar = depth < DEEPEST ? substitution.valueOf(name) : undefined;
  if (scalar === undefined || !scalar.isExact || scalar.value.length > LONGEST) return false;
  // `1.20` without quotes is handed on as 1.2: nobody meant that.
  if (scalar.isPlain && isOtherNumber(scalar.value)) return false;
  const { value, start, end } = scalar;
  variables.push({ path, start, end, name: name.slice(0, MOST_SHOWN), value });
  return addText(read, value, start, depth + 1, scalar) === undefined;
}

function unknown(what: string): Expansion {
  return { state: "unsupported", reason: reason("unresolved-variable", what.slice(0, MOST_SHOWN)) };
}
