import { gzipSync, zstdCompressSync } from "node:zlib";
import { type Header, pack } from "tar-stream";

/** Text is a file's content; otherwise the header of anything else. */
export type ArchiveEntry = readonly [name: string, what: string | Partial<Header>];

/** An uncompressed tar of these entries, in this order. */
export async function tarOf(...entries: readonly ArchiveEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const [name, what] of entries) {
    if (typeof what === "string") archive.entry({ name }, what);
    else archive.entry({ name, ...what });
  }
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Ways in which a layer is stored, by the end of its media type. */
export const COMPRESSIONS = {
  "application/vnd.oci.image.layer.v1.tar": (tar: Buffer) => tar,
  "application/vnd.oci.image.layer.v1.tar+gzip": (tar: Buffer) => gzipSync(tar),
  "application/vnd.docker.image.rootfs.diff.tar.gzip": (tar: Buffer) => gzipSync(tar),
  "application/vnd.oci.image.layer.v1.tar+zstd": (tar: Buffer) => zstdCompressSync(tar),
} as const;

/** `bytes` as a registry's body arrives, in pieces; with `error` it breaks off at its end. */
export function streamOf(bytes: Uint8Array, error?: Error): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.subarray(at, at + 10_000));
      else if (error !== undefined) controller.error(error);
      else controller.close();
      at += 10_000;
    },
  });
}
