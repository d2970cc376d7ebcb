import { type Reason, reason } from "../../core/reason.ts";
import { parseReference } from "../../core/reference.ts";
import { carriesDigest } from "../../core/use/pieces.ts";
import type { Piece, Role, Span, Use, Variable } from "../../core/use/use.ts";
import type { FoundUse } from "./found.ts";

/** A place in a file that names an image in one piece. */
export interface ImagePlace {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  readonly role: Role;
  /** What is read there, and where that begins: UTF-16 units from the start of the file. */
  readonly value: string;
  readonly start: number;
  /** Whether exactly `value` stands there, without escapes or folds. */
  readonly isExact: boolean;
  /** The place is elsewhere, and is named here. */
  readonly alias?: { readonly text: string; readonly start: number; readonly end: number };
  /** The platform that the file asks for, as written. */
  readonly platform?: string;
  /** What runs the image or builds on it, as the file names it. */
  readonly within?: string;
  /** Set where a digest cannot be written beside the tag. */
  readonly carries?: "tag";
  /** Why this use cannot be updated, whatever it says. */
  readonly held?: Reason;
}

/** A text as the tool that owns the file expands it; offsets are into that text. */
export type Expansion =
  /** The reference stands at this place as it is, read through these variables. */
  | { readonly state: "whole"; readonly start: number; readonly end: number; readonly variables: readonly Named[] }
  /** The reference is put together from these pieces; they and the variables say where they stand themselves. */
  | { readonly state: "pieces"; readonly pieces: readonly Piece[]; readonly variables: readonly Variable[] }
  /** It is read as `text`, and cannot be written back. */
  | { readonly state: "held"; readonly text: string; readonly reason: Reason; readonly variables: readonly Named[] }
  | { readonly state: "unsupported"; readonly reason: Reason };

interface Named {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** Expands a text that begins at a place. */
export type Expand = (text: string, place: Pick<ImagePlace, "path" | "start">) => Expansion;

/** For kinds of file that have no variables of their own: what looks like one belongs to a template or to CI. */
export const literal = (text: string): Expansion => {
  const variable =
    /\$\{\{[^}]*\}?\}?|\{\{[^}]*\}?\}?|\$\{[^}]*\}?|\$\[[^\]]*\]?|\$\(?[\w.]+\)?|%\w+%|@\w+@|\{\w+\}|<{1,2}[^<>]*>{1,2}/.exec(
      text,
    )?.[0];
  if (variable === undefined) return { state: "whole", start: 0, end: text.length, variables: [] };
  return { state: "unsupported", reason: reason("unresolved-variable", variable.slice(0, 128)) };
};

/** The use at a place, with why it cannot be updated, if so. */
export function imageUse(manager: string, place: ImagePlace, expand: Expand = literal): FoundUse {
  if (place.value.length > LONGEST) return longUse(manager, place);
  const { path, line, role, value, start, isExact, alias, platform, within, carries, held } = place;
  const at = (from: number, to: number): Span => ({ path, start: start + from, end: start + to });
  const expansion = expand(value, place);
  const { resolved, reference, blocked } = outcomeOf(expansion, value, isExact, held);
  const variables: readonly Variable[] = [
    ...(alias ? [{ name: alias.text, value, ...at(0, value.length) }] : []),
    ...variablesOf(expansion, value, at),
  ];
  const pieces = expansion.state === "pieces" && blocked === undefined ? expansion.pieces : undefined;
  const onlyTag = carries ?? (pieces && !carriesDigest(pieces) ? "tag" : undefined);
  const use: Use = {
    manager,
    path,
    line,
    role,
    text: alias?.text ?? value,
    span: alias ? { path, start: alias.start, end: alias.end } : at(0, value.length),
    ...(resolved !== undefined && { resolved }),
    ...(reference && { reference }),
    variables,
    ...(pieces && { pieces }),
    ...(platform !== undefined && { platform }),
    ...(within !== undefined && { within }),
    ...(onlyTag !== undefined && { carries: onlyTag }),
    ...(blocked && { blocked }),
  };
  const origin = expansion.state === "whole" && blocked === undefined ? at(expansion.start, expansion.end) : undefined;
  return { use, ...(origin && { origin }) };
}

function variablesOf(expansion: Expansion, value: string, at: (from: number, to: number) => Span): readonly Variable[] {
  if (expansion.state === "unsupported") return [];
  if (expansion.state === "pieces") return expansion.variables;
  return expansion.variables.map(({ name, start, end }) => ({
    ...at(start, end),
    name,
    value: value.slice(start, end),
  }));
}

/** No reference is longer, and a text of any length may stand where one is expected, under any number of aliases. */
const LONGEST = 1024;
const SHOWN = 80;

function longUse(manager: string, { path, line, role, value, start }: ImagePlace): FoundUse {
  const text = value.slice(0, SHOWN);
  const blocked = { state: "unsupported", reason: reason("invalid-reference") } as const;
  return {
    use: { manager, path, line, role, text, span: { path, start, end: start + SHOWN }, variables: [], blocked },
  };
}

function textOf(expansion: Exclude<Expansion, { readonly state: "unsupported" }>, value: string): string {
  switch (expansion.state) {
    case "whole":
      return value.slice(expansion.start, expansion.end);
    case "pieces":
      return expansion.pieces.map(({ text }) => text).join("");
    case "held":
      return expansion.text;
  }
}

function outcomeOf(
  expansion: Expansion,
  value: string,
  isExact: boolean,
  held: Reason | undefined,
): Pick<Use, "resolved" | "reference" | "blocked"> {
  if (expansion.state === "unsupported") return { blocked: { state: "unsupported", reason: expansion.reason } };
  const resolved = textOf(expansion, value);
  const reference = parseReference(resolved);
  if (reference === undefined) {
    return { resolved, blocked: { state: "unsupported", reason: reason("invalid-reference") } };
  }
  const unwritable = isExact ? undefined : reason("broken-reference");
  const why = held ?? (expansion.state === "held" ? expansion.reason : unwritable);
  return { resolved, reference, ...(why && { blocked: { state: "held", reason: why } }) };
}
