import type { Reason } from "../reason.ts";
import type { ImageReference } from "../reference.ts";

/** Files by path (relative to the repository's root, with `/`). Text only; offsets everywhere are UTF-16 units. */
export type FileSet = ReadonlyMap<string, string>;

/** A half-open range of UTF-16 units in one file. */
export interface Span {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/**
 * What the file does with the image. `base`: the image that the file's last stage stands on; `stage`: the image another
 * stage stands on; `copy`: `COPY --from`; `mount`: `RUN --mount=from`; `frontend`: `# syntax=`; `workload`: something runs it.
 */
export type Role = "base" | "stage" | "copy" | "mount" | "frontend" | "workload";

/** A variable through which a reference is read: where its default value stands, and that value. */
export interface Variable extends Span {
  readonly name: string;
  readonly value: string;
}

/** A stretch of what a reference is read from: where it stands, and what stands there. */
export interface Piece extends Span {
  readonly text: string;
  /** It is a variable's, or a part of one, and may be read elsewhere. */
  readonly isValue?: true;
  /** It is not this use's to change. */
  readonly fixed?: true;
  /** It stands without quotes where a number would be read as one: `3.20` as 3.2. */
  readonly isPlain?: true;
}

/** A tag that a comment beside a digest names, and where it stands there. */
export interface TagComment extends Span {
  readonly tag: string;
}

/** How the tag of a use was found in whose file only a digest stands. */
export type TagSource = "comment" | "observed" | "registry";

/** A place in a file that names an image we keep patched. */
export interface Use {
  readonly manager: string;
  readonly path: string;
  /** 1-based line of the reference as written. */
  readonly line: number;
  readonly role: Role;
  /** The reference as written, variables and all, without quotes. */
  readonly text: string;
  /** Where `text` stands; of a reference whose parts stand in fields of their own, where its name does. */
  readonly span: Span;
  /** `text` after expansion, as the tool that owns the file would read it; absent when it cannot be expanded. */
  readonly resolved?: string;
  /** `resolved`, parsed and normalised; absent when it is no reference. */
  readonly reference?: ImageReference;
  /** Of a digest alone: what the comment beside it says. */
  readonly comment?: TagComment;
  /** Set where only a digest stands in the file, and the tag in `reference` was found elsewhere. */
  readonly tagBy?: TagSource;
  /** In reading order; empty for a reference written out in full. */
  readonly variables: readonly Variable[];
  /** What `resolved` is put together from, where it is read through variables and can be written back. */
  readonly pieces?: readonly Piece[];
  /** The platform the file asks for, as written, when it is a literal: `linux/arm64`. */
  readonly platform?: string;
  /** What runs the image or builds on it, as the file names it: `Deployment shop/web`. Bounded, and hostile like the rest. */
  readonly within?: string;
  /** Set where no digest can be written beside the tag: only the tag can change. */
  readonly carries?: "tag";
  /** Set when the file alone says that this use cannot be updated. */
  readonly blocked?: { readonly state: "held" | "unsupported"; readonly reason: Reason };
}

/** A file, or a part of it, that could not be read. It never stops the rest. `line` and `column` are 1-based. */
export interface Problem {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly reason: Reason;
}

/** One use that shall name another reference. */
export interface Change {
  readonly use: Use;
  readonly to: ImageReference;
}

/** Replace the text at a span; `expect` is the text that must stand there. */
export interface Edit extends Span {
  readonly expect: string;
  readonly text: string;
}

/** An act that was not possible, and why. */
export interface Held {
  readonly state: "held";
  readonly reason: Reason;
}
