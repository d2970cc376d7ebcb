import type { FileSet, Problem } from "../core/use/use.ts";
import type { Manager } from "./manager.ts";
import { editFound, type FoundUse } from "./use/found.ts";

/** What one file says: its uses in reading order, and what could not be read of it. */
export interface FileReading {
  readonly found: readonly FoundUse[];
  readonly problems: readonly Problem[];
}

/** Of a file that is none of a kind after all. */
export const NOTHING: FileReading = { found: [], problems: [] };

/** A kind of file, each of which is read by itself. */
export interface FileKind extends Pick<Manager, "finds" | "writers" | "looksInto"> {
  readonly kind: string;
  matches(path: string): boolean;
  /** Reads one file of this kind; `along` has those that are looked into. */
  read(path: string, text: string, along: FileSet): FileReading;
}

/** The manager of such a kind. */
export function eachFile({ kind, matches, looksInto, finds, writers, read }: FileKind): Manager {
  return {
    kind,
    isolated: true,
    matches,
    ...(looksInto && { looksInto }),
    ...(finds && { finds }),
    ...(writers && { writers }),
    extract(files, along = files) {
      const own = [...files].filter(([path]) => looksInto?.(path) !== true || matches(path));
      const all = own.map(([path, text]) => read(path, text, along));
      return {
        uses: all.flatMap(({ found }) => found.map(({ use }) => use)),
        problems: all.flatMap(({ problems }) => problems),
      };
    },
    edit: editFound((path, text, files) => read(path, text, files).found),
  };
}
