import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import type { Digest } from "../../src/core/reference.ts";

/** A layer that a registry can be given, or that it already has: then `blob` is absent and `from` says in which repository. */
export interface Layer {
  readonly digest: Digest;
  /** Digest of the uncompressed archive. */
  readonly diffId: Digest;
  readonly size: number;
  readonly blob?: Uint8Array;
  readonly from?: string;
}

/** A gzipped tar of these files (path without a leading slash → content): the same bytes for the same files, every time. */
export async function layer(
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<Layer & { readonly blob: Uint8Array }> {
  const archive = pack();
  const mtime = new Date(0);
  for (const folder of foldersOf(Object.keys(files)))
    archive.entry({ name: `${folder}/`, type: "directory", mode: 0o755, mtime });
  for (const [name, content] of Object.entries(files).toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    archive.entry({ name, mode: 0o644, mtime }, Buffer.from(content));
  }
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive as AsyncIterable<Uint8Array>) chunks.push(chunk);
  const tar = Buffer.concat(chunks);
  const blob = gzipSync(tar, { level: 9 });
  return { blob, digest: sha256(blob), diffId: sha256(tar), size: blob.length };
}

export function sha256(bytes: Uint8Array): Digest {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Every folder above the paths, parents first. */
function foldersOf(paths: readonly string[]): readonly string[] {
  const parents = paths.flatMap((path) =>
    path
      .split("/")
      .slice(0, -1)
      .map((_, depth, parts) => parts.slice(0, depth + 1).join("/")),
  );
  return [...new Set(parents)].toSorted();
}
