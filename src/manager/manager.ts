import type { Change, Edit, FileSet, Held, Problem, Use } from "../core/use/use.ts";
import type { Writer } from "../core/use/writer.ts";

/** Reads the uses out of one kind of file and says how to change them. It never writes. */
export interface Manager {
  /** The kind as people know it: `dockerfile`. */
  readonly kind: string;
  /** Whether each file is read by itself, so that none reads differently when another one changes. */
  readonly isolated: boolean;
  /** Whether this manager reads the file at `path`, by its name alone. */
  matches(path: string): boolean;
  /** Whether the file at a path is read along with those of this kind, to understand them: it has no uses of this kind itself. */
  looksInto?(path: string): boolean;
  /** The files that others make ones of this kind, whatever they are called; asked with all files of a repository. */
  finds?(files: FileSet): ReadonlySet<string>;
  /** What else writes references into files, as files of this kind say; asked with all files of a repository. */
  writers?(files: FileSet): readonly Writer[];
  /**
   * All uses in reading order; what could not be read is a problem, never an exception. Bounded in time and memory. The files that
   * are looked into are in `along`, or else among `files`.
   */
  extract(files: FileSet, along?: FileSet): { readonly uses: readonly Use[]; readonly problems: readonly Problem[] };
  /** The edits that make each use name its new reference, or why that cannot be done. */
  edit(files: FileSet, changes: readonly Change[]): readonly Edit[] | Held;
}
