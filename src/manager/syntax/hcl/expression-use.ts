import { type Reason, reason } from "../../../core/reason.ts";
import { parseReference } from "../../../core/reference.ts";
import { carriesDigest } from "../../../core/use/pieces.ts";
import type { Piece, Role, Use, Variable } from "../../../core/use/use.ts";
import type { FoundUse } from "../../use/found.ts";
import { type Expand, imageUse } from "../../use/image.ts";
import { plainText } from "./read.ts";
import type { HclExpression, HclFile, HclLiteral } from "./tree.ts";

/** An expression, and the file that it stands in. */
export interface Known {
  readonly path: string;
  readonly text: string;
  readonly expression: HclExpression;
}

/** What a name stands for, by the steps of its path: `var.image`. */
export type Lookup = (path: readonly string[]) => Known | undefined;

/** What an image is given as. */
export interface ImageExpression {
  readonly expression: HclExpression;
  readonly role: Role;
  /** What may stand before the reference. */
  readonly prefix?: RegExp;
  /** The platform that the file asks for, as written. */
  readonly platform?: string;
  /** What runs the image, as the file names it. */
  readonly within?: string;
}

/** A file, with its text and what its names stand for. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly file: HclFile;
  readonly lookup: Lookup;
}

/** How often one name may lead to another. */
const MOST_HOPS = 8;
const SHOWN = 128;
/** No reference is put together of more. */
const MOST_PIECES = 16;
/** No reference is longer. */
const LONGEST = 1024;

/**
 * The use that an expression makes: a text, a name that leads to one, where it is written then, or what is put together of
 * both.
 */
export function expressionUse(manager: string, source: Source, image: ImageExpression): FoundUse {
  const { path, text, file, lookup } = source;
  const { expression, prefix, ...rest } = image;
  const written = text.slice(expression.start, Math.min(endOf(expression, text), expression.start + LONGEST + 1));
  const known = followed({ path, text, expression }, lookup);
  const held = known.expression;
  const [part, ...others] = held.kind === "text" ? held.parts : [];
  const line = file.lineOf(expression.start);
  if (part?.kind === "literal" && others.length === 0 && known.path === path) {
    const before = prefix?.exec(part.value)?.[0].length ?? 0;
    const { value, start, isExact } = part;
    const alias = { text: written.slice(0, SHOWN), start: expression.start, end: expression.start + written.length };
    return imageUse(manager, {
      ...{ path, line, ...rest },
      ...{ value: value.slice(before), start: start + before, isExact },
      ...(held !== expression && { alias: { ...alias, end: alias.start + alias.text.length } }),
    });
  }
  const composed = composedOf(known, lookup, written);
  if (composed !== undefined) {
    const span = { path, start: expression.start, end: expression.start + written.length };
    return { use: { manager, path, line, text: written, span, ...composed, ...rest } };
  }
  const place = { path, line, ...rest, value: written, start: expression.start, isExact: true };
  return imageUse(manager, place, expandBy(known, lookup, written));
}

/** What is computed may end in a text, whose place is without its quotes. */
function endOf({ kind, end }: HclExpression, text: string): number {
  return kind === "other" && text[end] === '"' ? end + 1 : end;
}

/** What a name, or a text that is nothing but one, leads to in the end. */
function followed(known: Known, lookup: Lookup): Known {
  let now = known;
  for (let hops = 0; hops < MOST_HOPS; hops += 1) {
    const { expression } = now;
    const [only, ...others] = expression.kind === "text" ? expression.parts : [];
    const inner = only?.kind === "interpolation" && others.length === 0 ? only.expression : expression;
    const next = inner.kind === "name" ? lookup(inner.path) : undefined;
    if (next === undefined) return now;
    now = next;
  }
  return now;
}

/** A text of literals and names that lead to texts, each of which says itself: all of it can be written. */
function composedOf(
  { path, text, expression: held }: Known,
  lookup: Lookup,
  written: string,
): Pick<Use, "resolved" | "reference" | "pieces" | "variables" | "carries"> | undefined {
  if (held.kind !== "text" || held.parts.length > MOST_PIECES) return undefined;
  const pieces: Piece[] = [];
  const variables: Variable[] = [];
  for (const part of held.parts) {
    const known = part.kind === "literal" ? undefined : followed({ path, text, expression: part.expression }, lookup);
    const leads = part.kind === "literal" ? part : known && onlyLiteral(known.expression);
    if (leads?.isExact !== true) return undefined;
    const { value, start, end } = leads;
    const place = { path: known?.path ?? path, start, end };
    // What is a text by itself is read by its name, or it would not be asked for here.
    const isNamed = known !== undefined || held.parts.length === 1;
    pieces.push({ ...place, text: value, ...(isNamed && ({ isValue: true } as const)) });
    const name = known === undefined ? written.slice(0, SHOWN) : text.slice(part.start, part.end);
    if (isNamed) variables.push({ ...place, value, name });
  }
  const resolved = pieces.map((piece) => piece.text).join("");
  const reference = parseReference(resolved);
  if (reference === undefined || variables.length === 0) return undefined;
  return { resolved, reference, pieces, variables, ...(!carriesDigest(pieces) && ({ carries: "tag" } as const)) };
}

function onlyLiteral(expression: HclExpression): HclLiteral | undefined {
  const [only, ...others] = expression.kind === "text" ? expression.parts : [];
  return only?.kind === "literal" && others.length === 0 ? only : undefined;
}

function expandBy({ path, text, expression: held }: Known, lookup: Lookup, written: string): Expand {
  const unresolved = (what: string) =>
    ({ state: "unsupported", reason: reason("unresolved-variable", what.slice(0, SHOWN)) }) as const;
  if (held.kind !== "text") return () => unresolved(written);
  const names: string[] = [];
  let resolved = "";
  for (const part of held.parts) {
    const value =
      part.kind === "literal"
        ? part.value
        : plainText(followed({ path, text, expression: part.expression }, lookup).expression);
    const shown = text.slice(part.start, Math.min(part.end, part.start + SHOWN));
    if (value === undefined || resolved.length + value.length > LONGEST) return () => unresolved(shown);
    if (part.kind === "interpolation") names.push(shown);
    resolved += value;
  }
  const why: Reason = names.length === 0 ? reason("broken-reference") : reason("partial-arg", names.join(", "));
  return () => ({ state: "held", text: resolved, reason: why, variables: [] });
}
