import type { TagsExplained } from "../core/plan/explain-tags.ts";
import { sentence } from "../core/reason.ts";
import { type EndOfLife, endSentence } from "../core/tag/end-of-life.ts";
import { type Output, printLine, printTable } from "./output.ts";

/** Why each other tag is not the one, for scripts: the fields are stable. */
export function tagsJson(explained: TagsExplained | undefined): object | null {
  if (explained === undefined) return null;
  const { current, candidate, total, refused } = explained;
  return {
    current,
    candidate: candidate ?? null,
    total,
    refused: refused.map(({ reason, count, tags }) => ({
      reason: reason.code,
      message: sentence(reason),
      count,
      tags,
    })),
  };
}

/** The same for a person. */
export function printTags(output: Output, { current, candidate, total, refused }: TagsExplained): void {
  const others = `${total} other ${total === 1 ? "tag" : "tags"}`;
  printLine(
    output,
    candidate === undefined ? `${current} stays, of ${others}` : `${current} to ${candidate}, of ${others}`,
  );
  printTable(
    output,
    ["TAGS", "SUCH AS", "NOT, BECAUSE"],
    refused.map(({ reason, count, tags }) => [String(count), tags.join(" "), sentence(reason)]),
  );
}

/** What an image stands on and is at its end. */
export function endsJson(ends: readonly EndOfLife[]): readonly object[] {
  return ends.map(({ what, end, state, source }) => ({ what, end, state, source }));
}

export function printEnds(output: Output, ends: readonly EndOfLife[]): void {
  for (const one of ends) printLine(output, `${endSentence(one)} (${one.source})`);
}
