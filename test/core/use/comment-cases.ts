import { readFileSync } from "node:fs";

/** A file in which a digest stands, and the tag that a comment beside it names. */
export interface CommentCase {
  /** The rule that the case is the example of, in docs/tags.md. */
  readonly rule?: string;
  readonly manager: string;
  readonly path?: string;
  readonly text: string;
  readonly tag: string | null;
}

/** `test/fixtures/core/tag-comments.json`. */
export function commentCases(): readonly CommentCase[] {
  const file = new URL("../../fixtures/core/tag-comments.json", import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as readonly CommentCase[];
}
