import { createLru } from "../../core/lru.ts";
import { type Repository, repositoryKey, type Sha } from "../../core/repository.ts";
import type { TreeEntry, Trees } from "../trees.ts";

/** Of listings, and of blobs: so many, and so many bytes, as far as they can be told. */
const MOST = { entries: 100_000, cost: 8 * 1024 * 1024 };
/** What an entry costs beside its path, which takes two bytes for a character at most. */
const ENTRY = 200;

/**
 * The trees, asked once for each object: what is under a SHA never changes. An object answers for the repository that it
 * was read from and for no other; where a branch points is asked every time.
 */
export function rememberTrees(trees: Trees): Trees {
  const listings = createLru<string, readonly TreeEntry[]>(MOST);
  const blobs = createLru<string, Uint8Array>(MOST);
  return {
    head: trees.head,

    async tree(repository, commit) {
      const key = keyOf(repository, commit);
      const known = listings.get(key);
      if (known !== undefined) return known;
      const entries = await trees.tree(repository, commit);
      listings.set(key, entries, costOf(entries));
      return entries;
    },

    async blob(repository, sha) {
      const key = keyOf(repository, sha);
      const known = blobs.get(key);
      if (known !== undefined) return known;
      const bytes = await trees.blob(repository, sha);
      blobs.set(key, bytes, ENTRY + bytes.byteLength);
      return bytes;
    },

    async blobs(repository, entries) {
      const known = new Map(
        entries.flatMap(({ sha }) => {
          const bytes = blobs.get(keyOf(repository, sha));
          return bytes === undefined ? [] : [[sha, bytes] as const];
        }),
      );
      const missing = entries.filter(({ sha }) => !known.has(sha));
      const read = missing.length === 0 ? new Map<Sha, Uint8Array>() : await trees.blobs(repository, missing);
      for (const [sha, bytes] of read) blobs.set(keyOf(repository, sha), bytes, ENTRY + bytes.byteLength);
      return new Map([...known, ...read]);
    },
  };
}

function keyOf(repository: Repository, sha: Sha): string {
  return `${repositoryKey(repository)} ${sha}`;
}

function costOf(entries: readonly TreeEntry[]): number {
  return entries.reduce((sum, { path }) => sum + ENTRY + 2 * path.length, ENTRY);
}
