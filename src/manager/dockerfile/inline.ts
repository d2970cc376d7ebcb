import { reason } from "../../core/reason.ts";
import type { Use } from "../../core/use/use.ts";
import type { FileReading } from "../each-file.ts";
import type { FoundUse } from "../use/found.ts";
import { readUses } from "./uses.ts";

/** A text that stands in another one in stretches: where each begins, here and there. In order, the first at 0. */
export interface InlineText {
  readonly text: string;
  readonly stretches: readonly { readonly at: number; readonly offset: number }[];
}

/** A Dockerfile that stands in another file. */
export interface InlineDockerfile extends InlineText {
  /** The kind of the file that it stands in. */
  readonly manager: string;
  readonly path: string;
  /** The line of an offset in the file, from 1. */
  lineOf(offset: number): number;
}

/** Reads a Dockerfile that stands in another file: its uses are where they stand there. */
export function readInline(inline: InlineDockerfile): FileReading {
  const { manager, path, text, lineOf } = inline;
  const { found, problems } = readUses(path, text);
  const lines = text.split("\n");
  const startOf = (line: number) => lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  return {
    found: found.map((one) => placed(inline, manager, one)),
    problems: problems.map((one) => ({ ...one, line: lineOf(offsetOf(inline, startOf(one.line))) })),
  };
}

interface Range {
  readonly start: number;
  readonly end: number;
}

function placed(inline: InlineDockerfile, manager: string, { use, origin }: FoundUse): FoundUse {
  const at = <T extends Range>(range: T): T => ({ ...range, ...placeIn(inline, range) });
  const { pieces, ...rest } = use;
  const span = at(use.span);
  const moved: Use = { ...rest, manager, span, line: inline.lineOf(span.start), variables: use.variables.map(at) };
  const isWhole = (pieces ?? [use.span]).every((one) => lengthOf(placeIn(inline, one)) === lengthOf(one));
  if (isWhole)
    return { use: { ...moved, ...(pieces && { pieces: pieces.map(at) }) }, ...(origin && { origin: at(origin) }) };
  const blocked = use.blocked ?? { state: "held", reason: reason("broken-reference") };
  return { use: { ...moved, blocked } };
}

function lengthOf({ start, end }: Range): number {
  return end - start;
}

function placeIn(inline: InlineText, { start, end }: Range): Range {
  const from = offsetOf(inline, start);
  return { start: from, end: end === start ? from : offsetOf(inline, end - 1) + 1 };
}

/** Where an offset of an inline text is in the file. */
export function offsetOf({ stretches }: InlineText, offset: number): number {
  let low = 0;
  let high = stretches.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((stretches[middle]?.at ?? 0) <= offset) low = middle;
    else high = middle;
  }
  const found = stretches[low] ?? { at: 0, offset: 0 };
  return found.offset + offset - found.at;
}
