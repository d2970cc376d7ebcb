import { type Reason, reason } from "../../core/reason.ts";
import type { Role } from "../../core/use/use.ts";
import type { FoundUse } from "../found-use.ts";
import { type Expand, imageUse } from "../image-use.ts";
import { plainText } from "./read.ts";
import type { HclExpression, HclFile, HclPart } from "./tree.ts";

/** What a name stands for in its file, by the steps of its path: `var.image`. */
export type Lookup = (path: readonly string[]) => HclExpression | undefined;

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
/** No reference is longer. */
const LONGEST = 1024;

/**
 * The use that an expression makes: a text, or a name that leads to one in the same file, where it is written then. What is put
 * together of several is read, and not written.
 */
export function expressionUse(manager: string, source: Source, image: ImageExpression): FoundUse {
  const { path, text, file, lookup } = source;
  const { expression, prefix, ...rest } = image;
  const written = text.slice(expression.start, Math.min(endOf(expression, text), expression.start + LONGEST + 1));
  const held = followed(expression, lookup);
  const [part, ...others] = held.kind === "text" ? held.parts : [];
  const line = file.lineOf(expression.start);
  if (part?.kind === "literal" && others.length === 0) {
    const before = prefix?.exec(part.value)?.[0].length ?? 0;
    const { value, start, isExact } = part;
    const alias = { text: written.slice(0, SHOWN), start: expression.start, end: expression.start + written.length };
    return imageUse(manager, {
      ...{ path, line, ...rest },
      ...{ value: value.slice(before), start: start + before, isExact },
      ...(held !== expression && { alias: { ...alias, end: alias.start + alias.text.length } }),
    });
  }
  const place = { path, line, ...rest, value: written, start: expression.start, isExact: true };
  return imageUse(manager, place, expandBy(source, held, written));
}

/** What is computed may end in a text, whose place is without its quotes. */
function endOf({ kind, end }: HclExpression, text: string): number {
  return kind === "other" && text[end] === '"' ? end + 1 : end;
}

/** What a name, or a text that is nothing but one, leads to in the end. */
function followed(expression: HclExpression, lookup: Lookup): HclExpression {
  let now = expression;
  for (let hops = 0; hops < MOST_HOPS; hops += 1) {
    const [only, ...others] = now.kind === "text" ? now.parts : [];
    const inner = only?.kind === "interpolation" && others.length === 0 ? only.expression : now;
    const next = inner.kind === "name" ? lookup(inner.path) : undefined;
    if (next === undefined) return now;
    now = next;
  }
  return now;
}

function expandBy({ text, lookup }: Source, held: HclExpression, written: string): Expand {
  const unresolved = (what: string) =>
    ({ state: "unsupported", reason: reason("unresolved-variable", what.slice(0, SHOWN)) }) as const;
  if (held.kind !== "text") return () => unresolved(written);
  const names: string[] = [];
  let resolved = "";
  for (const part of held.parts) {
    const value = textOf(part, lookup);
    const shown = text.slice(part.start, Math.min(part.end, part.start + SHOWN));
    if (value === undefined || resolved.length + value.length > LONGEST) return () => unresolved(shown);
    if (part.kind === "interpolation") names.push(shown);
    resolved += value;
  }
  const why: Reason = names.length === 0 ? reason("broken-reference") : reason("partial-arg", names.join(", "));
  return () => ({ state: "held", text: resolved, reason: why, variables: [] });
}

function textOf(part: HclPart, lookup: Lookup): string | undefined {
  return part.kind === "literal" ? part.value : plainText(followed(part.expression, lookup));
}
