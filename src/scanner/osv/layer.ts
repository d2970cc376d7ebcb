import { posix } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream as WebReadable } from "node:stream/web";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { extract, type Header } from "tar-stream";
import { AppError, isAppError } from "../../core/errors.ts";
import type { Descriptor } from "../../registry/registry.ts";

/** What one layer does to the files that are looked for. */
export interface LayerFiles {
  readonly files: ReadonlyMap<string, string>;
  /** Paths whose content from below is gone: removed, or with something else in their place. */
  readonly removed: ReadonlySet<string>;
  /** Directories whose content from below the layer hides. */
  readonly opaque: ReadonlySet<string>;
}

/** What is looked for; paths are without a leading slash, the root is the empty one. */
export interface Wanted {
  isFile(path: string): boolean;
  /** Whether a file that is looked for may be below this path. */
  isAbove(path: string): boolean;
}

/** Sizes in bytes. What is beyond them is a bomb, or nothing that people build. */
export interface LayerLimits {
  /**
   * All that is remembered, with `NOTE` for each path, and one for each file that is looked through when what was below a
   * path goes: a dpkg database of 20,000 packages is 20 MB.
   */
  readonly kept: number;
  /** A layer when it is unpacked. */
  readonly unpacked: number;
  readonly entries: number;
}

/** What a path costs beside its letters, whether a file is kept or known to be gone. */
const NOTE = 512;
const LIMITS: LayerLimits = { kept: 32 * 1024 ** 2, unpacked: 16 * 1024 ** 3, entries: 2_000_000 };

/**
 * Reads the wanted files out of a layer as it streams by; nothing is written anywhere. Whiteouts are those of the OCI image
 * specification. Throws INPUT for a layer that is no tar, not of a known compression, or beyond the limits; an error of
 * the blob itself is thrown as it is.
 */
export async function readLayer(
  blob: ReadableStream<Uint8Array>,
  { mediaType }: Pick<Descriptor, "mediaType">,
  wanted: Wanted,
  limits: LayerLimits = LIMITS,
): Promise<LayerFiles> {
  const decompress = decompressor(mediaType);
  if (decompress === undefined) {
    await blob.cancel();
    throw new AppError("INPUT", `a layer of type ${mediaType.slice(0, 100)} is not read`);
  }
  const found: Found = { files: new Map(), removed: new Set(), opaque: new Set(), kept: 0 };
  const tar = extract();
  // streamx's writable is one to node's pipeline, whatever its types say.
  const sink = tar as unknown as NodeJS.WritableStream;
  const source = Readable.fromWeb(blob as WebReadable<Uint8Array>);
  const outcomes = await Promise.allSettled([
    pipeline([source, ...decompress, limit(limits.unpacked), sink]),
    readEntries(tar, wanted, found, limits),
  ]);
  const errors = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as unknown] : []));
  if (errors.length === 0) return found;
  // One end of a broken pipe tells why, the other only that it broke.
  const own = errors.find((error) => isAppError(error));
  if (own !== undefined) throw own;
  throw new AppError("INPUT", "the layer is no whole archive of its type", { cause: errors[0] });
}

interface Found {
  readonly files: Map<string, string>;
  readonly removed: Set<string>;
  readonly opaque: Set<string>;
  /** Bytes of all files, and what their paths cost. */
  kept: number;
}

/** An entry of tar-stream: a stream with its header. */
type Entry = AsyncIterable<unknown> & { readonly header: Header; resume(): unknown };

async function readEntries(
  tar: AsyncIterable<Entry>,
  wanted: Wanted,
  found: Found,
  limits: LayerLimits,
): Promise<void> {
  let entries = 0;
  for await (const entry of tar) {
    entries += 1;
    if (entries > limits.entries) throw new AppError("INPUT", "the layer has more entries than are read");
    const path = normalise(entry.header.name);
    if (!noteWhiteout(path, wanted, found, limits)) await noteEntry(path, entry, wanted, found, limits);
    entry.resume();
  }
}

/** `./var/lib/x`, `/var/lib/x` and `var/lib/./x/` are `var/lib/x`; nothing is above the root. */
function normalise(name: string): string {
  return posix.normalize(`/${name}`).replace(/^\/|\/$/g, "");
}

function noteWhiteout(path: string, { isFile, isAbove }: Wanted, found: Found, limits: LayerLimits): boolean {
  const name = posix.basename(path);
  if (!name.startsWith(".wh.")) return false;
  const folder = posix.dirname(`/${path}`).slice(1);
  const target = posix.join(folder, name.slice(4));
  if (name === ".wh..wh..opq" && isAbove(folder)) found.opaque.add(folder);
  else if (isFile(target) || isAbove(target)) noteRemoved(target, found, limits);
  return true;
}

/** A path that appears again costs again. */
function noteRemoved(path: string, found: Found, limits: LayerLimits): void {
  charge(path.length + NOTE, found, limits);
  found.removed.add(path);
}

function charge(cost: number, found: Found, { kept }: LayerLimits): void {
  found.kept += cost;
  if (found.kept > kept) throw new AppError("INPUT", "the package database is larger than is read");
}

/** What stands at a path takes the place of what stood there below, and of all that was under it unless it is a directory. */
async function noteEntry(path: string, entry: Entry, wanted: Wanted, found: Found, limits: LayerLimits): Promise<void> {
  const { type, linkname } = entry.header;
  if (wanted.isAbove(path) && type !== "directory") {
    noteRemoved(path, found, limits);
    charge(found.files.size, found, limits);
    for (const other of found.files.keys()) if (other.startsWith(`${path}/`)) found.files.delete(other);
  }
  if (!wanted.isFile(path)) return;
  noteRemoved(path, found, limits);
  found.files.delete(path);
  if (type === "file" || type === "contiguous-file") found.files.set(path, await readFile(entry, found, limits));
  if (type === "link") found.files.set(path, linkedTo(normalise(linkname ?? ""), path, found));
  if (type === "symlink" && !wanted.isFile(normalise(posix.resolve(`/${path}`, "..", linkname ?? "")))) {
    throw new AppError("INPUT", `${path} is a link to a file that is not looked for`);
  }
}

function linkedTo(target: string, path: string, { files }: Found): string {
  const text = files.get(target);
  if (text === undefined) throw new AppError("INPUT", `${path} is a link to a file that is not looked for`);
  return text;
}

async function readFile(entry: Entry, found: Found, limits: LayerLimits): Promise<string> {
  charge(entry.header.size ?? 0, found, limits);
  const chunks: Uint8Array[] = [];
  for await (const chunk of entry) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString("utf8");
}

function decompressor(mediaType: string): readonly Transform[] | undefined {
  if (mediaType.endsWith("zstd")) return [createZstdDecompress()];
  if (mediaType.endsWith("gzip")) return [createGunzip()];
  return mediaType.endsWith("tar") ? [] : undefined;
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
