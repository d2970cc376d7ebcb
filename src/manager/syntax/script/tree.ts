import type { Problem } from "../../../core/use/use.ts";
import { lineCounter } from "../line-counter.ts";
import { readOr, Unreadable } from "../unreadable.ts";
import type { Language } from "./language.ts";
import { type Token, tokensOf } from "./tokens.ts";

/** What stands between two brackets. */
export interface Group {
  readonly kind: "group";
  readonly open: string;
  readonly items: readonly Item[];
  /** Where it stands with its brackets. */
  readonly from: number;
  readonly to: number;
  readonly isFirst: boolean;
}

export type Item = Token | Group;

/** A program as its brackets and texts make it; nothing of it is run or looked up. */
export interface Script {
  readonly path: string;
  readonly text: string;
  readonly items: readonly Item[];
  /** The line of an offset, from 1. */
  lineOf(offset: number): number;
}

const CLOSING: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}" };
const DEEPEST = 128;

/** Reads a program, or says why its brackets and texts do not fit. */
export function readScript(
  path: string,
  text: string,
  language: Language,
): { readonly script?: Script; readonly problems: readonly Problem[] } {
  const read = readOr(path, text, () => grouped(tokensOf(text, language), text.length));
  if (read.state === "unreadable") return { problems: [read.problem] };
  return { script: { path, text, items: read.value, lineOf: lineCounter(text) }, problems: [] };
}

function grouped(tokens: readonly Token[], length: number): readonly Item[] {
  const items: Item[] = [];
  const open: { readonly token: Token; readonly items: Item[] }[] = [];
  for (const token of tokens) {
    const inner = open.at(-1);
    const isMark = token.kind === "mark";
    if (isMark && CLOSING[token.value] !== undefined) {
      if (open.length === DEEPEST) throw new Unreadable("nested too deeply", token.start);
      open.push({ token, items: [] });
    } else if (isMark && ")]}".includes(token.value)) {
      open.pop();
      if (inner === undefined || CLOSING[inner.token.value] !== token.value) {
        throw new Unreadable(`${token.value} closes nothing`, token.start);
      }
      const { value, from, isFirst } = inner.token;
      (open.at(-1)?.items ?? items).push({
        kind: "group",
        open: value,
        items: inner.items,
        from,
        to: token.to,
        isFirst,
      });
    } else {
      (inner?.items ?? items).push(token);
    }
  }
  const unclosed = open.at(-1)?.token;
  if (unclosed !== undefined) throw new Unreadable(`${unclosed.value} is not closed`, Math.min(unclosed.start, length));
  return items;
}
