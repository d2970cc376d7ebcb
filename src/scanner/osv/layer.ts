import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as WebReadable } from "node:stream/web";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { extract, type Header } from "tar-stream";
import { AppError } from "../../core/errors.ts";
import type { Descriptor } from "../../registry/registry.ts";

/** What one layer does to the files that are looked for. */
export interface LayerFiles {
  readonly files: ReadonlyMap<string, string>;
  /** Paths that the layer removes. */
  readonly removed: ReadonlySet<string>;
  /** Directories whose content from below the layer hides. */
  readonly opaque: ReadonlySet<string>;
}

/** Bytes of one file that is looked for: a dpkg database of 20,000 packages is 20 MB. */
const LARGEST_FILE = 32 * 1024 * 1024;
/** Bytes of a layer when it is unpacked, and entries in it: what is more is a bomb. */
const LARGEST_LAYER = 16 * 1024 * 1024 * 1024;
const MOST_ENTRIES = 2_000_000;

/**
 * Reads the wanted files out of a layer as it streams by; nothing is written anywhere. Whiteouts are those of the OCI image
 * specification. Throws INPUT for a layer that is no tar, not of a known compression, or beyond the limits.
 */
export async function readLayer(
  blob: ReadableStream<Uint8Array>,
  { mediaType }: Descriptor,
  wanted: (path: string) => boolean,
): Promise<LayerFiles> {
  const found = { files: new Map<string, string>(), removed: new Set<string>(), opaque: new Set<string>() };
  const tar = extract();
  // streamx's writable is one to node's pipeline, whatever its types say.
  const sink = tar as unknown as NodeJS.WritableStream;
  const source = Readable.fromWeb(blob as WebReadable<Uint8Array>);
  try {
    await Promise.all([
      pipeline([source, ...decompressor(mediaType), limit(LARGEST_LAYER), sink]),
      readEntries(tar, wanted, found),
    ]);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("INPUT", `the layer could not be read: ${error instanceof Error ? error.message : "unknown"}`);
  }
  return found;
}

interface Found {
  readonly files: Map<string, string>;
  readonly removed: Set<string>;
  readonly opaque: Set<string>;
}

/** An entry of tar-stream: a stream with its header. */
type Entry = AsyncIterable<unknown> & { readonly header: Header; resume(): unknown };

async function readEntries(tar: AsyncIterable<Entry>, wanted: (path: string) => boolean, found: Found): Promise<void> {
  let entries = 0;
  for await (const entry of tar) {
    entries += 1;
    if (entries > MOST_ENTRIES) throw new AppError("INPUT", "the layer has too many entries");
    const path = normalise(entry.header.name);
    noteWhiteout(path, found);
    if (entry.header.type === "file" && wanted(path)) found.files.set(path, await readFile(entry));
    else entry.resume();
  }
}

async function readFile(entry: Entry): Promise<string> {
  const size = entry.header.size ?? 0;
  if (size > LARGEST_FILE) throw new AppError("INPUT", `a package database of ${size} bytes is not read`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of entry) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString("utf8");
}

/** `./var/lib/x` and `/var/lib/x` are `var/lib/x`. */
function normalise(name: string): string {
  return name.replace(/^(?:\.?\/)+/, "").replace(/\/+$/, "");
}

function noteWhiteout(path: string, found: Found): void {
  const slash = path.lastIndexOf("/");
  const directory = path.slice(0, Math.max(slash, 0));
  const name = path.slice(slash + 1);
  if (name === ".wh..wh..opq") found.opaque.add(directory);
  else if (name.startsWith(".wh."))
    found.removed.add(directory === "" ? name.slice(4) : `${directory}/${name.slice(4)}`);
}

function decompressor(mediaType: string): Transform[] {
  if (mediaType.endsWith("zstd")) return [createZstdDecompress()];
  if (mediaType.endsWith("gzip")) return [createGunzip()];
  if (mediaType.endsWith("tar")) return [];
  throw new AppError("INPUT", `a layer of type ${mediaType.slice(0, 100)} is not read`);
}

function limit(most: number): Transform {
  let seen = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      seen += chunk.byteLength;
      if (seen > most) done(new AppError("INPUT", "the layer unpacks to more than is read"));
      else done(null, chunk);
    },
  });
}
