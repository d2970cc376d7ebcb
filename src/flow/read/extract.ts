import type { FileSet, Problem, Use } from "../../core/use/use.ts";
import { holdWritten } from "../../core/use/writer.ts";
import type { Manager } from "../../manager/manager.ts";

type Extracted = ReturnType<Manager["extract"]>;

/** The files of a set that one manager reads: by their names, and by what other files say of them. */
export function filesOf(manager: Manager, files: FileSet): FileSet {
  const found = manager.finds?.(files);
  return new Map([...files].filter(([path]) => manager.matches(path) || found?.has(path) === true));
}

/** What each manager reads, in pieces: a file at a time of a manager that reads each by itself. */
export function* extractEach(managers: readonly Manager[], files: FileSet): Generator<Extracted> {
  for (const manager of managers) {
    const own = filesOf(manager, files);
    for (const together of manager.isolated ? [...own].map((file) => new Map([file])) : [own]) {
      yield manager.extract(together);
    }
  }
}

/** All that was read of a set of files, with the uses held that something else writes. */
export function joinExtracted(
  managers: readonly Manager[],
  files: FileSet,
  extracted: readonly Extracted[],
): { readonly uses: readonly Use[]; readonly problems: readonly Problem[] } {
  const writers = managers.flatMap((manager) => manager.writers?.(files) ?? []);
  return {
    uses: holdWritten(
      extracted.flatMap(({ uses }) => uses),
      writers,
    ),
    problems: extracted.flatMap(({ problems }) => problems),
  };
}
