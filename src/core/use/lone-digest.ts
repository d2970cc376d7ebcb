import type { ImageReference } from "../reference.ts";
import type { Change, Edit, Use } from "./use.ts";

/** Whether a use is of a digest alone: no tag is written, whether or not one was found for it. */
export function lone({ reference, tagBy }: Pick<Use, "reference" | "tagBy">): boolean {
  return reference?.digest !== undefined && (reference.tag === undefined || tagBy !== undefined);
}

/** A reference as it is written at a use: of a digest alone, without the tag that was found for it. */
export function asWritten(use: Pick<Use, "reference" | "tagBy">, reference: ImageReference): ImageReference {
  if (!lone(use)) return reference;
  const { tag: _, ...rest } = reference;
  return rest;
}

/** A change of a use as its file alone says: what is put into the file, and nothing that was found elsewhere. */
export function writtenChange({ use, to }: Change): Change {
  const { tagBy: _, ...rest } = use;
  const written = use.reference && { reference: asWritten(use, use.reference) };
  return { use: { ...rest, ...written }, to: asWritten(use, to) };
}

/** The edits that keep comments true: where a use goes to another tag than the one that its comment names. */
export function commentEdits(changes: readonly Change[]): readonly Edit[] {
  const edits = changes.flatMap(({ use, to }): readonly Edit[] => {
    const { comment, reference, tagBy } = use;
    if (tagBy !== "comment" || comment === undefined || to.tag === undefined || to.tag === reference?.tag) return [];
    const { path, start, end } = comment;
    return [{ path, start, end, expect: reference?.tag ?? "", text: to.tag }];
  });
  return [...new Map(edits.map((edit) => [`${edit.start} ${edit.text} ${edit.path}`, edit])).values()];
}
