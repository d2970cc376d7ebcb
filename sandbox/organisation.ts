import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FILES = fileURLToPath(new URL("./seed/acme/", import.meta.url));

/** The organisation's repositories in the story. A larger one has more of the same kinds: `payments-2` is made as payments is. */
export const REPOSITORIES = ["payments", "search", "storefront", "website"] as const;
export type RepositoryName = (typeof REPOSITORIES)[number];

/** Ids of the seeded repositories, by name. */
export type RepositoryIds = Readonly<Record<RepositoryName, number>>;

/** So many repositories of each kind, by name. */
export function manyOf(counts: Readonly<Record<RepositoryName, number>>): readonly string[] {
  return REPOSITORIES.flatMap((kind) =>
    Array.from({ length: counts[kind] }, (_, index) => (index === 0 ? kind : `${kind}-${index + 1}`)),
  );
}

/** Which of the story's repositories this one is made as. */
export function kindOf(name: string): string {
  return name.replace(/-\d+$/, "");
}

/** All files of a repository as it is at first, by path, with every `%NAME%` that `values` knows replaced. */
export function filesOf(name: string, values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const folder = join(FILES, kindOf(name));
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  const known = { ...values, NAME: name };
  return Object.fromEntries(files.map((path) => [path, fill(readFileSync(join(folder, path), "utf8"), known)]));
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/%([\w:.]+)%/g, (whole, name: string) => values[name] ?? whole);
}
