import { readTagComments } from "../../core/use/tag-comment.ts";
import type { FileSet, Problem, Use } from "../../core/use/use.ts";
import { holdWritten } from "../../core/use/writer.ts";
import type { Manager } from "../../manager/manager.ts";

type Extracted = ReturnType<Manager["extract"]>;

/** Whether managers have to do with the file at a path, by its name alone. */
export function isRead(managers: readonly Manager[], path: string): boolean {
  return managers.some((manager) => manager.matches(path) || manager.looksInto?.(path) === true);
}

/** The files of a set that one manager reads: by their names, and by what other files say of them. */
export function filesOf(manager: Manager, files: FileSet): FileSet {
  const found = manager.finds?.(files);
  return new Map([...files].filter(([path]) => isRead([manager], path) || found?.has(path) === true));
}

/** Those of a manager's files that it reads along with each of the others. */
export function lookedInto(manager: Manager, files: FileSet): FileSet {
  return new Map([...files].filter(([path]) => manager.looksInto?.(path) === true && !manager.matches(path)));
}

/**
 * What managers read, in pieces: of those that read each file by itself, one file after the other, so that what one of them has parsed
 * need not be parsed by the next.
 */
export function* extractEach(managers: readonly Manager[], files: FileSet): Generator<Extracted> {
  const readers = managers.map((manager) => {
    const own = filesOf(manager, files);
    return { manager, own, along: lookedInto(manager, own) };
  });
  for (const { manager, own } of readers) if (!manager.isolated) yield manager.extract(own);
  for (const file of files) {
    const [path] = file;
    for (const { manager, own, along } of readers) {
      if (manager.isolated && own.has(path) && !along.has(path)) yield manager.extract(new Map([file]), along);
    }
  }
}

/** All that was read of a set of files, kind by kind, with the uses held that something else writes, and the tags that comments name. */
export function joinExtracted(
  managers: readonly Manager[],
  files: FileSet,
  extracted: readonly Extracted[],
): { readonly uses: readonly Use[]; readonly problems: readonly Problem[] } {
  const writers = managers.flatMap((manager) => manager.writers?.(files) ?? []);
  const byKind = Map.groupBy(
    extracted.flatMap(({ uses }) => uses),
    ({ manager }) => manager,
  );
  return {
    uses: holdWritten(
      readTagComments(
        managers.flatMap(({ kind }) => byKind.get(kind) ?? []),
        files,
      ),
      writers,
    ),
    problems: distinct(extracted.flatMap(({ problems }) => problems)),
  };
}

/** What several managers could not read of one file is said once. */
function distinct(problems: readonly Problem[]): readonly Problem[] {
  const byPlace = new Map(
    problems.map((problem) => {
      const { path, line, column, reason: why } = problem;
      return [`${line}:${column} ${why.code} ${path} ${why.detail ?? ""}`, problem];
    }),
  );
  return [...byPlace.values()];
}
