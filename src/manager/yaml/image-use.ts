import { type Reason, reason } from "../../core/reason.ts";
import { parseReference } from "../../core/reference.ts";
import type { Role, Span, Use, Variable } from "../../core/use.ts";
import type { FoundUse } from "../found-use.ts";
import { follow } from "./look.ts";
import type { YamlAlias, YamlFile, YamlScalar } from "./tree.ts";

/** A scalar, or an alias of one, that names an image in one piece. */
export interface ImageSite {
  readonly node: YamlScalar | YamlAlias;
  readonly role: Role;
  /** What stands before the reference: `docker://`. */
  readonly prefix?: string;
  /** The platform that the file asks for, as written. */
  readonly platform?: string;
}

/** A text as the tool that owns the file expands it; offsets are into that text. */
export type Expansion =
  /** The reference stands at this place as it is, read through these variables. */
  | { readonly state: "whole"; readonly start: number; readonly end: number; readonly variables: readonly Piece[] }
  /** It is read as `text`, and cannot be written back. */
  | { readonly state: "held"; readonly text: string; readonly reason: Reason; readonly variables: readonly Piece[] }
  | { readonly state: "unsupported"; readonly reason: Reason };

interface Piece {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

export type Expand = (text: string) => Expansion;

/** For kinds of file that have no variables of their own: what looks like one belongs to a template or to CI. */
export const literal: Expand = (text) => {
  const variable = /\$\{\{[^}]*\}?\}?|\{\{[^}]*\}?\}?|\$\{[^}]*\}?|\$\[[^\]]*\]?|\$\(?[\w.]+\)?|%\w+%|<[^>]*>/.exec(
    text,
  )?.[0];
  if (variable === undefined) return { state: "whole", start: 0, end: text.length, variables: [] };
  return { state: "unsupported", reason: reason("unresolved-variable", variable.slice(0, 128)) };
};

/** The use at a site, with why it cannot be updated, if so. */
export function imageUse(
  manager: string,
  path: string,
  file: YamlFile,
  site: ImageSite,
  expand: Expand = literal,
): FoundUse {
  const { node, role, platform, prefix = "" } = site;
  const scalar = follow(node);
  // Sites are scalars or aliases of one.
  const source = scalar?.kind === "scalar" ? scalar : undefined;
  const value = source?.value.slice(prefix.length) ?? "";
  const start = (source?.start ?? node.start) + prefix.length;
  const at = (from: number, to: number): Span => ({ path, start: start + from, end: start + to });
  const expansion = expand(value);
  const outcome = outcomeOf(expansion, value, source?.isExact === true);
  const pieces = expansion.state === "unsupported" ? [] : expansion.variables;
  const variables: readonly Variable[] = [
    ...(node.kind === "alias" ? [{ name: `*${node.name}`, value, ...at(0, value.length) }] : []),
    ...pieces.map((piece) => ({
      ...at(piece.start, piece.end),
      name: piece.name,
      value: value.slice(piece.start, piece.end),
    })),
  ];
  const reference = outcome.resolved === undefined ? undefined : parseReference(outcome.resolved);
  const invalid = outcome.resolved !== undefined && reference === undefined;
  const blocked = invalid ? ({ state: "unsupported", reason: reason("invalid-reference") } as const) : outcome.blocked;
  const use: Use = {
    manager,
    path,
    line: file.lineOf(node.start),
    role,
    text: node.kind === "alias" ? `*${node.name}` : value,
    span: node.kind === "alias" ? { path, start: node.start, end: node.end } : { path, start, end: node.end },
    ...(outcome.resolved !== undefined && { resolved: outcome.resolved }),
    ...(reference && { reference }),
    variables,
    ...(platform !== undefined && { platform }),
    ...(blocked && { blocked }),
  };
  const origin = expansion.state === "whole" && blocked === undefined ? at(expansion.start, expansion.end) : undefined;
  return { use, ...(origin && { origin }) };
}

function outcomeOf(
  expansion: Expansion,
  value: string,
  isExact: boolean,
): { readonly resolved?: string; readonly blocked?: NonNullable<Use["blocked"]> } {
  if (expansion.state === "unsupported") return { blocked: { state: "unsupported", reason: expansion.reason } };
  if (expansion.state === "held") {
    return { resolved: expansion.text, blocked: { state: "held", reason: expansion.reason } };
  }
  const resolved = value.slice(expansion.start, expansion.end);
  return isExact ? { resolved } : { resolved, blocked: { state: "held", reason: reason("broken-reference") } };
}
