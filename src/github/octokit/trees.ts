import type { Octokit } from "@octokit/rest";
import { AppError } from "../../core/errors.ts";
import type { Repository, Sha } from "../../core/repository.ts";
import type { TreeEntry, Trees } from "../trees.ts";
import { inBatches, readTexts } from "./blobs.ts";
import { boundedFetch, type Fetch } from "./bounded-fetch.ts";
import { type Client, named } from "./client.ts";
import { unlessMissing } from "./errors.ts";

const LARGEST_BLOB = 2 * 1024 * 1024;
const TIMEOUT = 30_000;
/** A repository beyond these is refused: reading it would use up the hour's requests. */
const MOST_REQUESTS = 1000;
const MOST_ENTRIES = 500_000;

const MODES: Readonly<Record<string, TreeEntry["mode"]>> = {
  "100644": "100644",
  "100755": "100755",
  "120000": "120000",
  "160000": "160000",
};

export function createTrees(client: Client, fetch: Fetch, reads: (path: string) => boolean): Trees {
  const small = boundedFetch(fetch, { timeout: TIMEOUT, maxBytes: LARGEST_BLOB });
  const blob: Trees["blob"] = async (repository, sha) => {
    const answer: { data: unknown } = await client.on(repository, "read").rest.git.getBlob({
      ...named(repository),
      file_sha: sha,
      mediaType: { format: "raw" },
      // Left to itself, Octokit decodes as UTF-8 what GitHub labels so, which it does whatever the bytes are.
      request: { parseSuccessResponseBody: false, fetch: small },
    });
    const body = answer.data instanceof ReadableStream ? answer.data : null;
    return new Uint8Array(await new Response(body).arrayBuffer());
  };
  return {
    blob,

    async blobs(repository, entries) {
      const read = new Map<Sha, Uint8Array>();
      for (const batch of inBatches(entries)) {
        // One alone is no cheaper together.
        const isAlone = batch.length === 1;
        const texts = isAlone ? undefined : await readTexts(client.on(repository, "read"), repository, batch);
        for (const { sha } of batch) read.set(sha, texts?.get(sha) ?? (await blob(repository, sha)));
      }
      return read;
    },

    async head(repository, branch) {
      // 409: the repository is empty.
      const answer = await unlessMissing(
        client.on(repository, "read").rest.git.getRef({ ...named(repository), ref: `heads/${branch}` }),
        404,
        409,
      );
      return answer?.data.object.sha;
    },

    async tree(repository, commit) {
      const entries = await readTree(client.on(repository, "read"), repository, commit);
      return entries.filter(({ path }) => reads(path));
    },
  };
}

/** A tree to list: with everything below it, or only its own level. */
interface Listing {
  readonly prefix: string;
  readonly sha: Sha;
  readonly recursive: boolean;
}

/** GitHub cuts a recursive listing at 100,000 entries or 7 MB: such a tree is listed level by level. */
async function readTree(octokit: Octokit, repository: Repository, root: Sha): Promise<readonly TreeEntry[]> {
  const entries: TreeEntry[] = [];
  const waiting: Listing[] = [{ prefix: "", sha: root, recursive: true }];
  let requests = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { files, more } = await listTree(octokit, repository, next);
    for (const file of files) entries.push(file);
    waiting.push(...more);
    requests += 1;
    if (requests >= MOST_REQUESTS || entries.length > MOST_ENTRIES) throw tooLarge(repository);
  }
  return entries;
}

async function listTree(
  octokit: Octokit,
  repository: Repository,
  listing: Listing,
): Promise<{ files: readonly TreeEntry[]; more: readonly Listing[] }> {
  const { prefix, sha: tree_sha, recursive } = listing;
  const { data } = await octokit.rest.git.getTree({
    ...named(repository),
    tree_sha,
    ...(recursive ? { recursive: "1" } : {}),
  });
  if (data.truncated && recursive) return { files: [], more: [{ ...listing, recursive: false }] };
  if (data.truncated) throw tooLarge(repository);
  const files = data.tree.flatMap(({ path, mode, sha, size }) => {
    const known = MODES[mode];
    return known === undefined ? [] : [{ path: `${prefix}${path}`, mode: known, sha, size: size ?? 0 }];
  });
  const below = recursive ? [] : data.tree.filter(({ type }) => type === "tree");
  return { files, more: below.map(({ path, sha }) => ({ prefix: `${prefix}${path}/`, sha, recursive: true })) };
}

function tooLarge({ owner, name }: Repository): AppError {
  return new AppError("INPUT", `the tree of ${owner}/${name} is larger than Oakum reads`);
}
