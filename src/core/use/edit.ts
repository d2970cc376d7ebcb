import type { Edit } from "./use.ts";

/**
 * The text with every edit made; all edits are of this one text. `undefined` when any of them cannot be made exactly: its
 * span is not in the text, something else than expected stands there, or two of them touch the same place.
 */
export function applyEdits(text: string, edits: readonly Edit[]): string | undefined {
  const ordered = edits.toSorted((a, b) => a.start - b.start);
  const exact = ordered.every((edit, i) => fits(text, edit) && follows(ordered[i - 1], edit));
  if (!exact) return undefined;
  const pieces = ordered.map((edit, i) => text.slice(ordered[i - 1]?.end ?? 0, edit.start) + edit.text);
  return pieces.join("") + text.slice(ordered.at(-1)?.end ?? 0);
}

function fits(text: string, { start, end, expect }: Edit): boolean {
  return start >= 0 && end >= start && end <= text.length && text.slice(start, end) === expect;
}

/** Two edits that start together would depend on their order, even if one of them only inserts. */
function follows(before: Edit | undefined, edit: Edit): boolean {
  return before === undefined || (before.end <= edit.start && before.start < edit.start);
}
