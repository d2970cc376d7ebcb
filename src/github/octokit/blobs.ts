import { createHash } from "node:crypto";
import type { Octokit } from "@octokit/rest";
import type { Repository, Sha } from "../../core/repository.ts";
import type { TreeEntry } from "../trees.ts";
import { named } from "./client.ts";
import { toGraphqlError } from "./errors.ts";

/** Files in one question, and their bytes; a larger one is asked for by itself. */
const AT_ONCE = { files: 100, bytes: 512 * 1024 };

interface Blob {
  readonly text?: string | null;
  readonly isTruncated?: boolean;
}

type Answer = { readonly repository: Readonly<Record<string, Blob | null>> | null };

/** The entries as they are asked for together: so many files, and so many bytes, in one question. */
export function inBatches(entries: readonly TreeEntry[]): readonly (readonly TreeEntry[])[] {
  const batches: TreeEntry[][] = [];
  let room = { files: 0, bytes: 0 };
  for (const entry of entries) {
    if (room.files < 1 || room.bytes < entry.size) {
      batches.push([]);
      room = AT_ONCE;
    }
    batches.at(-1)?.push(entry);
    room = { files: room.files - 1, bytes: room.bytes - entry.size };
  }
  return batches;
}

/**
 * What GitHub gives as text of these files, by SHA, in one question. It decodes what is no UTF-8 in its own way, and cuts long
 * texts: only what hashes to its SHA is in the answer, and the rest has to be asked for as bytes.
 */
export async function readTexts(
  octokit: Octokit,
  repository: Repository,
  entries: readonly TreeEntry[],
): Promise<ReadonlyMap<Sha, Uint8Array>> {
  const { owner, repo: name } = named(repository);
  const shas = [...new Set(entries.map(({ sha }) => sha))];
  // Object ids are hex digits, and need not be variables.
  const questions = shas.map((sha) => `b${sha}: object(oid: "${sha}") { ... on Blob { text isTruncated } }`);
  const query = `query ($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {\n    ${questions.join("\n    ")}\n  }\n}`;
  const answer = await octokit.graphql<Answer>(query, { owner, name }).catch((error: unknown) => {
    throw toGraphqlError(error, "files of a repository");
  });
  return new Map(
    shas.flatMap((sha) => {
      const { text, isTruncated } = answer.repository?.[`b${sha}`] ?? {};
      const bytes = typeof text === "string" && isTruncated === false ? new TextEncoder().encode(text) : undefined;
      return bytes !== undefined && blobId(bytes) === sha ? [[sha, bytes] as const] : [];
    }),
  );
}

/** The id that git gives to a blob. */
function blobId(bytes: Uint8Array): Sha {
  return createHash("sha1").update(`blob ${bytes.byteLength}\0`).update(bytes).digest("hex");
}
