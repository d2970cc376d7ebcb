import { type EndOfLife, endSentence, endsOfLife } from "../../tag/end-of-life.ts";
import { link } from "../../text/markdown.ts";
import type { PullBodyInput } from "./input.ts";

const MOST_LINES = 5;

/** What the images before or after the change stand on and is at its end: whether the change leaves it, or stays. */
export function endLines({ group, now }: Pick<PullBodyInput, "group" | "now">): string {
  const lines = group.updates.flatMap(({ from, to }) => {
    const before = endsOfLife(from, now);
    const after = endsOfLife(to, now);
    const left = before.filter((one) => !hasEnd(after, one)).map((one) => line(one, "leaves it"));
    return [...left, ...after.map((one) => line(one, hasEnd(before, one) ? "stays on it" : "leads to it"))];
  });
  return [...new Set(lines)].slice(0, MOST_LINES).join("\n\n");
}

function hasEnd(all: readonly EndOfLife[], { what }: EndOfLife): boolean {
  return all.some((one) => one.what === what);
}

function line(end: EndOfLife, does: string): string {
  return `**End of life:** ${endSentence(end)} (${link("source", end.source, 40)}). This update ${does}.`;
}
