import { CST } from "yaml";
import { Unreadable } from "../unreadable.ts";
import type { YamlAlias, YamlList, YamlMap, YamlNode, YamlScalar } from "./tree.ts";

const DEEPEST = 64;

/** A bracket or a quote that nothing closes, as far as YAML's rules of indentation go. */
export class NotClosed extends Unreadable {}

/**
 * What a document's tokens say; nothing where it is empty. `text` is the file's, in which their offsets count from `base`. Throws
 * Unreadable, its offset from `base`, where they make no sense or are nested too deeply.
 */
export function readNode(text: string, base: number, { start, value }: CST.Document): YamlNode | undefined {
  return new Reader(text, base).read(value, anchorIn(start), 0);
}

/** The anchors of one document, filled while its nodes are read in order: an alias only names what stands before it. */
class Reader {
  readonly #anchors = new Map<string, YamlNode>();
  readonly #text: string;
  readonly #base: number;

  /** `text` is the file's, in which the tokens' offsets count from `base`. */
  constructor(text: string, base: number) {
    this.#text = text;
    this.#base = base;
  }

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
        return this.#scalarOf(token);
      case "block-scalar":
        return this.#blockOf(token);
      case "alias":
        return this.#aliasOf(token);
      case "block-map":
        return this.#mapOf(token.items, depth, false);
      case "block-seq":
        return this.#listOf(token.items, depth);
      case "flow-collection":
        if (token.end.every(({ type }) => type !== "flow-map-end" && type !== "flow-seq-end"))
          throw new NotClosed("a bracket is not closed", token.offset);
        return token.start.type === "flow-map-start"
          ? this.#mapOf(token.items, depth, true)
          : this.#listOf(token.items, depth);
      default:
        return undefined;
    }
  }

  #mapOf(items: readonly CST.CollectionItem[], depth: number, isFlow: boolean): YamlMap {
    const pairs: [string, YamlNode][] = [];
    const keys = new Map<string, number>();
    const merged: YamlNode[] = [];
    for (const { key, sep, value } of items) {
      const name = key === undefined || key === null ? undefined : this.read(key, undefined, depth + 1);
      const node = this.read(value, anchorIn(sep), depth + 1);
      if (name?.kind === "scalar") keys.set(name.value, this.#base + (key?.offset ?? 0));
      if (name?.kind !== "scalar" || node === undefined) continue;
      if (name.value === "<<") merged.push(...(node.kind === "list" ? node.items : [node]));
      else pairs.push([name.value, node]);
    }
    return { kind: "map", entries: new Map(pairs), pairs, keys, isFlow, merged };
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
    const start = this.#base + offset;
    return target && { kind: "alias", name, target, start, end: start + source.length };
  }

  #scalarOf(token: CST.FlowScalar): YamlScalar {
    const isPlain = token.type === "scalar";
    if (!isPlain && (token.source.length === 1 || token.source.at(-1) !== token.source[0]))
      throw new NotClosed("a quote is not closed", token.offset);
    const value = scalarText(token);
    const start = this.#base + token.offset + Number(!isPlain);
    const end = this.#base + token.offset + token.source.length - Number(!isPlain);
    const isExact = token.source.slice(Number(!isPlain), token.source.length - Number(!isPlain)) === value;
    // What was masked is shown as it stands.
    return { kind: "scalar", value: isExact ? this.#text.slice(start, end) : value, start, end, isExact, isPlain };
  }

  #blockOf(token: CST.BlockScalar): YamlScalar {
    const value = scalarText(token);
    const start = this.#base + token.offset;
    const header = token.props.reduce((length, prop) => length + ("source" in prop ? prop.source.length : 0), 0);
    const block = { start: start + header, end: start + header + token.source.length };
    const isLiteral = token.props.some((prop) => prop.type === "block-scalar-header" && prop.source.startsWith("|"));
    return {
      ...({ kind: "scalar", value, start, end: block.end, isExact: false, isPlain: false } as const),
      ...(isLiteral && { block }),
    };
  }
}

/** A text that begins as no text may is one that something else fills in, `@NAME@`: it is taken as it stands. */
function scalarText(token: CST.FlowScalar | CST.BlockScalar): string {
  let isFilledIn = false;
  const { value } = CST.resolveAsScalar(token, true, (_, code, message) => {
    if (token.type !== "scalar" || code !== "BAD_SCALAR_START") throw new Unreadable(message, token.offset);
    isFilledIn = true;
  });
  return isFilledIn ? token.source : value;
}

function anchorIn(tokens: readonly CST.SourceToken[] | undefined): string | undefined {
  return tokens?.find(({ type }) => type === "anchor")?.source.slice(1);
}
