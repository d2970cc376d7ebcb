import type { Problem } from "../../../core/use/use.ts";

/** Where something stands in the file: UTF-16 units, half open. */
interface Place {
  readonly start: number;
  readonly end: number;
}

/** What stands between the braces of a block, or in the whole file. */
export interface HclBody {
  readonly attributes: ReadonlyMap<string, HclExpression>;
  readonly blocks: readonly HclBlock[];
}

/** `target "app" { … }`: its type, its labels, and what it holds. */
export interface HclBlock extends Place {
  readonly type: string;
  readonly labels: readonly string[];
  readonly body: HclBody;
}

export type HclExpression = HclText | HclNumber | HclName | HclList | HclObject | HclCall | HclOther;

/** A quoted text, or a here-document; its place is that of what it says, without quotes and marks. */
export interface HclText extends Place {
  readonly kind: "text";
  /** In order, none empty. Of a here-document each line is a part of its own, without the indentation that `<<-` takes off. */
  readonly parts: readonly HclPart[];
}

/** A stretch of a text: what it says as it is, or what an expression comes to. */
export type HclPart = HclLiteral | (Place & { readonly kind: "interpolation"; readonly expression: HclExpression });

export interface HclLiteral extends Place {
  readonly kind: "literal";
  readonly value: string;
  /** Whether exactly `value` stands there: no escapes. */
  readonly isExact: boolean;
}

/** A number, as it is written. */
export interface HclNumber extends Place {
  readonly kind: "number";
  readonly text: string;
}

/** `name`, `var.image`, `local.images["app"]`; also `true`, `false` and `null`. */
export interface HclName extends Place {
  readonly kind: "name";
  readonly path: readonly string[];
}

export interface HclList extends Place {
  readonly kind: "list";
  readonly items: readonly HclExpression[];
}

export interface HclObject extends Place {
  readonly kind: "object";
  /** In order; without a key where that is not a plain text. */
  readonly entries: readonly { readonly key: string | undefined; readonly value: HclExpression }[];
}

export interface HclCall extends Place {
  readonly kind: "call";
  readonly name: string;
  readonly arguments: readonly HclExpression[];
}

/** Anything that is computed otherwise: operators, conditions, `for`; with the expressions in it, as far as they are told apart. */
export interface HclOther extends Place {
  readonly kind: "other";
  readonly terms: readonly HclExpression[];
  /** What stands between the terms, where they are joined by operators and none is negated: `==`, `?`, `:`. */
  readonly operators?: readonly string[];
}

/** One file; empty, with a problem, where it is not valid. */
export interface HclFile {
  readonly body: HclBody;
  readonly problems: readonly Problem[];
  /** The line of an offset, from 1. */
  lineOf(offset: number): number;
}
