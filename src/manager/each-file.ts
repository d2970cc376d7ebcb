import type { Problem } from "../core/use/use.ts";
import { editFound, type FoundUse } from "./found-use.ts";
import type { Manager } from "./manager.ts";

/** What one file says: its uses in reading order, and what could not be read of it. */
export interface FileReading {
  readonly found: readonly FoundUse[];
  readonly problems: readonly Problem[];
}

/** Of a file that is none of a kind after all. */
export const NOTHING: FileReading = { found: [], problems: [] };

/** A kind of file, each of which is read by itself. */
export interface FileKind extends Pick<Manager, "finds" | "writers"> {
  readonly kind: string;
  matches(path: string): boolean;
  read(path: string, text: string): FileReading;
}

/** The manager of such a kind. */
export function eachFile({ kind, matches, finds, writers, read }: FileKind): Manager {
  return {
    kind,
    isolated: true,
    matches,
    ...(finds && { finds }),
    ...(writers && { writers }),
    extract(files) {
      const all = [...files].map(([path, text]) => read(path, text));
      return {
        uses: all.flatMap(({ found }) => found.map(({ use }) => use)),
        problems: all.flatMap(({ problems }) => problems),
      };
    },
    edit: editFound((path, text) => read(path, text).found),
  };
}
