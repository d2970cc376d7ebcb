import { CST, Parser } from "yaml";
import { type Reason, reason } from "../../core/reason.ts";
import type { Problem } from "../../core/use/use.ts";
import { lineCounter } from "../line-counter.ts";
import { Unreadable } from "../unreadable.ts";

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
}

export interface YamlMap {
  readonly kind: "map";
  /** In the order of the file; a key that stands twice counts where it stands last, as for most readers. */
  readonly entries: ReadonlyMap<string, YamlNode>;
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

/** All documents of one file, and what kept parts of it from being read. */
export interface YamlFile {
  readonly documents: readonly YamlNode[];
  readonly problems: readonly Problem[];
  /** The line of an offset, from 1. */
  lineOf(offset: number): number;
  /** A line end as this file has them, and spaces up to the column of an offset. */
  lineEndTo(offset: number): string;
}

/** Larger files of this kind are machine output; the worst text takes about 4 ms per KiB. */
const LARGEST = 256 * 1024;
const DEEPEST = 64;

/**
 * Reads every document of a YAML 1.2 file. Tolerant where uses can still be told apart (tags, duplicate keys), and bounded
 * in size and depth. It reads the syntax tree, not the composed documents: that takes less than half the time, and keeps
 * every scalar as it is written (`1.10` is not a number).
 */
export function readYaml(path: string, text: string): YamlFile {
  const lineOf = lineCounter(text);
  const columnOf = (offset: number) => offset - text.lastIndexOf("\n", offset - 1) - 1;
  const lineEndTo = (offset: number) => `${text.includes("\r\n") ? "\r\n" : "\n"}${" ".repeat(columnOf(offset))}`;
  const refuse = (why: Reason, offset = 0): YamlFile => {
    const problem = { path, line: lineOf(offset), column: columnOf(offset) + 1, reason: why };
    return { documents: [], problems: [problem], lineOf, lineEndTo };
  };
  if (text.length > LARGEST) return refuse(reason("too-large", `${text.length} characters of YAML`));
  const documents: YamlNode[] = [];
  let faulty: { readonly message: string; readonly offset: number } | undefined;
  try {
    for (const token of new Parser().parse(text)) {
      if (token.type === "error") faulty ??= token;
      if (token.type !== "document" || token.value === undefined) continue;
      const node = new Reader().read(token.value, anchorIn(token.start), 0);
      if (node !== undefined) documents.push(node);
    }
  } catch (error) {
    if (error instanceof Unreadable) return refuse(notParsed(error.message), error.offset);
    // The parser gives up on text that is nested too deeply.
    return refuse(notParsed(error instanceof RangeError ? "nested too deeply" : "not valid YAML"));
  }
  return faulty === undefined
    ? { documents, problems: [], lineOf, lineEndTo }
    : refuse(notParsed(faulty.message), faulty.offset);
}

function notParsed(detail: string): Reason {
  return reason("not-parsed", detail);
}

/** The anchors of one document, filled while its nodes are read in order: an alias only names what stands before it. */
class Reader {
  readonly #anchors = new Map<string, YamlNode>();

  read(token: CST.Token | null | undefined, anchor: string | undefined, depth: number): YamlNode | undefined {
    if (depth > DEEPEST) throw new Unreadable("nested too deeply", token?.offset ?? 0);
    const node = this.#nodeOf(token, depth);
    if (anchor !== undefined && node !== undefined) this.#anchors.set(anchor, node);
    return node;
  }

  #nodeOf(token: CST.Token | null | undefined, depth: number): YamlNode | undefined {
    switch (token?.type) {
      case "scalar":
      case "single-quoted-scalar":
      case "double-quoted-scalar":
      case "block-scalar":
        return scalarOf(token);
      case "alias":
        return this.#aliasOf(token);
      case "block-map":
        return this.#mapOf(token.items, depth, false);
      case "block-seq":
        return this.#listOf(token.items, depth);
      case "flow-collection":
        if (token.end.every(({ type }) => type !== "flow-map-end" && type !== "flow-seq-end"))
          throw new Unreadable("a bracket is not closed", token.offset);
        return token.start.type === "flow-map-start"
          ? this.#mapOf(token.items, depth, true)
          : this.#listOf(token.items, depth);
      default:
        return undefined;
    }
  }

  #mapOf(items: readonly CST.CollectionItem[], depth: number, isFlow: boolean): YamlMap {
    const entries = new Map<string, YamlNode>();
    const keys = new Map<string, number>();
    const merged: YamlNode[] = [];
    for (const { key, sep, value } of items) {
      const name = key === undefined || key === null ? undefined : this.read(key, undefined, depth + 1);
      const node = this.read(value, anchorIn(sep), depth + 1);
      if (name?.kind === "scalar") keys.set(name.value, key?.offset ?? 0);
      if (name?.kind !== "scalar" || node === undefined) continue;
      if (name.value === "<<") merged.push(...(node.kind === "list" ? node.items : [node]));
      else entries.set(name.value, node);
    }
    return { kind: "map", entries, keys, isFlow, merged };
  }

  #listOf(items: readonly CST.CollectionItem[], depth: number): YamlList {
    const nodes = items.map((item) => {
      // `[a: 1]` is a list with a map in it.
      if (item.sep !== undefined && item.key !== undefined) return this.#mapOf([item], depth + 1, true);
      return this.read(item.value, anchorIn(item.start), depth + 1);
    });
    return { kind: "list", items: nodes.filter((node) => node !== undefined) };
  }

  #aliasOf({ source, offset }: CST.FlowScalar): YamlAlias | undefined {
    const name = source.slice(1);
    const target = this.#anchors.get(name);
    return target && { kind: "alias", name, target, start: offset, end: offset + source.length };
  }
}

function anchorIn(tokens: readonly CST.SourceToken[] | undefined): string | undefined {
  return tokens?.find(({ type }) => type === "anchor")?.source.slice(1);
}

function scalarOf(token: CST.FlowScalar | CST.BlockScalar): YamlScalar {
  const { value } = CST.resolveAsScalar(token, true) ?? { value: token.source };
  const isQuoted = token.type === "single-quoted-scalar" || token.type === "double-quoted-scalar";
  const start = token.offset + Number(isQuoted);
  const end = token.offset + token.source.length - Number(isQuoted);
  const isExact = token.type !== "block-scalar" && token.source.slice(Number(isQuoted), end - token.offset) === value;
  return { kind: "scalar", value, start, end, isExact };
}
