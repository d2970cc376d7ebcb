import type { Repository } from "../../core/repository.ts";
import { CODE_OWNERS_PATHS, codeOwners, LARGEST_CODE_OWNERS } from "../../core/use/code-owners.ts";
import type { Extraction } from "../../core/use/extraction.ts";
import type { Use } from "../../core/use/use.ts";
import type { TreeEntry } from "../../github/trees.ts";
import type { Context } from "../context.ts";
import { readText } from "./read.ts";

/** Who owns the files of these uses; nobody where there is no CODEOWNERS, or one that GitHub would not read. */
export async function readOwners(
  context: Context,
  repository: Repository,
  tree: ReadonlyMap<string, TreeEntry>,
  uses: readonly Use[],
): Promise<NonNullable<Extraction["owners"]>> {
  const [entry] = CODE_OWNERS_PATHS.flatMap((path) => tree.get(path) ?? []);
  if (entry === undefined || uses.length === 0 || entry.size > LARGEST_CODE_OWNERS) return [];
  const text = await readText(context, repository, entry, LARGEST_CODE_OWNERS);
  return [...codeOwners(text, new Set(uses.map(({ path }) => path)))];
}
