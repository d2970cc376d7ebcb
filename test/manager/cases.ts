import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { MANAGERS } from "../../src/app/managers.ts";
import type { FileSet } from "../../src/core/use/use.ts";
import type { Manager } from "../../src/manager/manager.ts";

const ROOT = join(import.meta.dirname, "..", "fixtures", "manager");
/** What is to be read, a line each: line, reference, platform, state and reason. */
const EXPECTED = "uses.txt";
const EDITED = "edited.txt";
/** What cannot be read, where anything: `line:column` and reason. */
const PROBLEMS = "problems.txt";

/** A folder of `test/fixtures/manager/<kind>/`: a file at the path that it would have in a repository, and those that are read along. */
export interface Case {
  readonly name: string;
  readonly manager: Manager;
  readonly path: string;
  readonly files: FileSet;
  readonly expected: string;
  readonly problems: string;
  /** The files that change once everything was moved to another tag and digest, one after the other, where that is written down. */
  readonly edited: string | undefined;
}

/** Of every kind but Dockerfiles, whose fixtures hold more (`fixture.ts`). */
export const CASES: readonly Case[] = MANAGERS.filter(({ kind }) => kind !== "dockerfile").flatMap((manager) =>
  readdirSync(join(ROOT, manager.kind)).map((name) => {
    const folder = join(ROOT, manager.kind, name);
    const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
      (file) => ![EXPECTED, EDITED, PROBLEMS].includes(file) && statSync(join(folder, file)).isFile(),
    );
    const read = (file: string) => readFileSync(join(folder, file), "utf8");
    const edited = existsSync(join(folder, EDITED)) ? read(EDITED) : undefined;
    const problems = existsSync(join(folder, PROBLEMS)) ? read(PROBLEMS) : "";
    const expected = read(EXPECTED);
    const path = paths.find((file) => manager.matches(file)) ?? "";
    const files = new Map(paths.toSorted().map((file) => [file, read(file)]));
    return { name: `${manager.kind}/${name}`, manager, path, files, expected, problems, edited };
  }),
);
