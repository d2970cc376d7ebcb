import { reason } from "../core/reason.ts";
import { rewriteReference } from "../core/reference.ts";
import type { Change, Edit, FileSet, Held, Span, Use } from "../core/use.ts";

/** A use, and where the reference that it reads stands in full; absent when that is nowhere. */
export interface FoundUse {
  readonly use: Use;
  readonly origin?: Span;
}

/** Reads the uses of one file in reading order. */
export type ReadUses = (path: string, text: string) => readonly FoundUse[];

/**
 * The edits that make each use name its new reference, in the use itself or in the value that it is read from; for kinds
 * of file whose references stand in one piece.
 */
export function editFound(readUses: ReadUses): (files: FileSet, changes: readonly Change[]) => readonly Edit[] | Held {
  return (files, changes) => {
    const paths = [...new Set(changes.map(({ use }) => use.path))];
    const found = paths.flatMap((path) => readUses(path, files.get(path) ?? ""));
    const byPlace = new Map(found.map((one) => [keyOf(one.use.span), one]));
    const edits = new Map<string, Edit>();
    for (const change of changes) {
      const edit = editOne(byPlace.get(keyOf(change.use.span)), change);
      if ("state" in edit) return edit;
      const key = keyOf(edit);
      if ((edits.get(key) ?? edit).text !== edit.text) return sharedHold(edit);
      edits.set(key, edit);
    }
    return unmeant(found, edits, changes) ?? [...edits.values()].filter(({ expect, text }) => expect !== text);
  };
}

function editOne(found: FoundUse | undefined, { use, to }: Change): Edit | Held {
  if (found === undefined || found.use.text !== use.text || found.use.resolved !== use.resolved) {
    return { state: "held", reason: reason("edit-not-proved", "the file is not the one that was read") };
  }
  const { resolved, reference, blocked } = found.use;
  if (blocked !== undefined) return { state: "held", reason: blocked.reason };
  const text =
    resolved === undefined || reference === undefined ? undefined : rewriteReference(resolved, reference, to);
  if (found.origin === undefined || resolved === undefined || text === undefined) {
    return { state: "held", reason: reason("edit-not-proved", "only the tag and the digest can be changed") };
  }
  return { ...found.origin, expect: resolved, text };
}

/** A value that several uses are read from moves all of them, so all of them must be meant. */
function unmeant(
  found: readonly FoundUse[],
  edits: ReadonlyMap<string, Edit>,
  changes: readonly Change[],
): Held | undefined {
  const meant = new Set(changes.map(({ use }) => keyOf(use.span)));
  for (const { use, origin } of found) {
    const edit = origin && edits.get(keyOf(origin));
    if (edit !== undefined && !meant.has(keyOf(use.span))) return sharedHold(edit);
  }
  return undefined;
}

function sharedHold({ expect }: Edit): Held {
  return { state: "held", reason: reason("shared-arg", expect) };
}

function keyOf({ start, end, path }: Span): string {
  return `${start}-${end} ${path}`;
}
