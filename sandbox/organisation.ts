import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FILES = fileURLToPath(new URL("./seed/acme/", import.meta.url));

/** The organisation's repositories. */
export const REPOSITORIES = ["payments", "search", "storefront", "website"] as const;
export type RepositoryName = (typeof REPOSITORIES)[number];

/** Ids of the seeded repositories, by name. */
export type RepositoryIds = Readonly<Record<RepositoryName, number>>;

/** All files of a repository as it is at first, by path, with every `%NAME%` that `values` knows replaced. */
export function filesOf(
  repository: RepositoryName,
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const folder = join(FILES, repository);
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  return Object.fromEntries(files.map((path) => [path, fill(readFileSync(join(folder, path), "utf8"), values)]));
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/%([\w:.]+)%/g, (whole, name: string) => values[name] ?? whole);
}
