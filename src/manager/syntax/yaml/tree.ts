import type { Problem } from "../../../core/use/use.ts";

/** A YAML node as far as uses are read from it: values are text, and each scalar knows where it stands. */
export type YamlNode = YamlScalar | YamlMap | YamlList | YamlAlias;

export interface YamlScalar {
  readonly kind: "scalar";
  readonly value: string;
  /** Where the value stands, without quotes: UTF-16 units from the start of the file, half open. */
  readonly start: number;
  readonly end: number;
  /** Whether exactly `value` stands there: no escapes, folds or block style. */
  readonly isExact: boolean;
  /** Without quotes: what it says decides whether it is a text or, say, a number. */
  readonly isPlain: boolean;
  /** Of a literal block (`|`): where its lines stand, indented as they are. */
  readonly block?: { readonly start: number; readonly end: number };
}

export interface YamlMap {
  readonly kind: "map";
  /** In the order of the file; a key that stands twice counts where it stands last, as for most readers. */
  readonly entries: ReadonlyMap<string, YamlNode>;
  /** The same, with every one of the keys that stand twice: in a template each may be the one that counts. */
  readonly pairs: readonly (readonly [key: string, value: YamlNode])[];
  /** Where each key stands. */
  readonly keys: ReadonlyMap<string, number>;
  /** Written in braces. */
  readonly isFlow: boolean;
  /** What `<<` merges in, the first before the others; own keys come before all of them. */
  readonly merged: readonly YamlNode[];
}

export interface YamlList {
  readonly kind: "list";
  readonly items: readonly YamlNode[];
}

/** `*name`, and what it stands for. */
export interface YamlAlias {
  readonly kind: "alias";
  readonly name: string;
  readonly target: YamlNode;
  readonly start: number;
  readonly end: number;
}

/** All documents of one text, and what kept parts of it from being read. */
export interface YamlText {
  readonly documents: readonly YamlNode[];
  readonly problems: readonly Problem[];
}

/** One file. */
export interface YamlFile extends YamlText {
  readonly path: string;
  readonly text: string;
  /** The same as it was read: of a template, without what its actions are written with. */
  readonly readable: string;
  /** How much of it may still be read anew: characters. */
  readonly again: { left: number };
  /** What its blocks were read as, by where they begin: each is read once, however often it is asked for. */
  readonly blocks: Map<number, YamlText>;
  /** The line of an offset, from 1. */
  lineOf(offset: number): number;
  /** A line end as this file has them, and spaces up to the column of an offset. */
  lineEndTo(offset: number): string;
}
