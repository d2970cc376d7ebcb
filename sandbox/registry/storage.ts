import { createHash, randomUUID } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Digest } from "../../src/core/reference.ts";

/**
 * The registry's state as files: contents by digest, and per repository empty links to the contents it holds, so that no
 * repository sees another's. Every file appears by rename, so that the process may be killed at any time.
 */
export interface Storage {
  /** The size of a blob that the repository holds. */
  blobSize(repository: string, digest: Digest): Promise<number | undefined>;
  openBlob(digest: Digest): Readable;
  readBlob(digest: Digest): Promise<Buffer>;
  linkBlob(repository: string, digest: Digest): Promise<void>;
  saveManifest(repository: string, digest: Digest, mediaType: string, body: Uint8Array): Promise<void>;
  /** The media type of a manifest that the repository holds. */
  manifestType(repository: string, digest: Digest): Promise<string | undefined>;
  saveTag(repository: string, tag: string, digest: Digest): Promise<void>;
  tag(repository: string, tag: string): Promise<Digest | undefined>;
  dropTag(repository: string, tag: string): Promise<void>;
  /** The tags that name it name nothing then. */
  dropManifest(repository: string, digest: Digest): Promise<void>;
  /** In lexical order; `undefined` for an unknown repository. */
  tags(repository: string): Promise<readonly string[] | undefined>;
  saveReferrer(repository: string, subject: Digest, referrer: Digest, descriptor: unknown): Promise<void>;
  referrers(repository: string, subject: Digest): Promise<readonly unknown[]>;
  startUpload(): Promise<string>;
  /** Bytes received so far; `undefined` for an unknown upload. */
  uploadSize(upload: string): Promise<number | undefined>;
  appendUpload(upload: string, chunk: Readable): Promise<void>;
  /** Makes the upload a blob if its bytes are what the digest names; whether they are. */
  finishUpload(upload: string, repository: string, digest: Digest): Promise<boolean>;
  dropUpload(upload: string): Promise<void>;
}

export async function openStorage(state: string): Promise<Storage> {
  const blob = (digest: Digest) => join(state, "blobs", hexOf(digest));
  const inRepository = (repository: string, ...rest: string[]) => join(state, "repositories", repository, ...rest);
  const uploadFile = (upload: string) => join(state, "uploads", upload);
  for (const folder of ["blobs", "repositories", "uploads", "new"])
    await mkdir(join(state, folder), { recursive: true });

  async function save(path: string, content: string | Uint8Array): Promise<void> {
    const temporary = join(state, "new", randomUUID());
    await writeFile(temporary, content);
    await moveTo(temporary, path);
  }

  return {
    async blobSize(repository, digest) {
      const linked = await exists(inRepository(repository, "_blobs", hexOf(digest)));
      return linked ? (await stat(blob(digest))).size : undefined;
    },
    openBlob: (digest) => createReadStream(blob(digest)),
    readBlob: (digest) => readFile(blob(digest)),
    linkBlob: (repository, digest) => save(inRepository(repository, "_blobs", hexOf(digest)), ""),
    async saveManifest(repository, digest, mediaType, body) {
      await save(blob(digest), body);
      await save(inRepository(repository, "_manifests", hexOf(digest)), mediaType);
    },
    manifestType: (repository, digest) => readText(inRepository(repository, "_manifests", hexOf(digest))),
    saveTag: (repository, tag, digest) => save(inRepository(repository, "_tags", tag), digest),
    tag: async (repository, tag) => (await readText(inRepository(repository, "_tags", tag))) as Digest | undefined,
    dropManifest: (repository, digest) => rm(inRepository(repository, "_manifests", hexOf(digest)), { force: true }),
    dropTag: (repository, tag) => rm(inRepository(repository, "_tags", tag), { force: true }),
    async tags(repository) {
      if (!(await exists(inRepository(repository, "_manifests")))) return undefined;
      return (await list(inRepository(repository, "_tags"))).toSorted();
    },
    saveReferrer: (repository, subject, referrer, descriptor) =>
      save(inRepository(repository, "_referrers", hexOf(subject), hexOf(referrer)), JSON.stringify(descriptor)),
    async referrers(repository, subject) {
      const folder = inRepository(repository, "_referrers", hexOf(subject));
      const names = (await list(folder)).toSorted();
      return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), "utf8"))));
    },
    async startUpload() {
      const upload = randomUUID();
      await writeFile(uploadFile(upload), "");
      return upload;
    },
    uploadSize: async (upload) =>
      (await exists(uploadFile(upload))) ? (await stat(uploadFile(upload))).size : undefined,
    async appendUpload(upload, chunk) {
      await pipeline(chunk, createWriteStream(uploadFile(upload), { flags: "a" }));
    },
    async finishUpload(upload, repository, digest) {
      if ((await hashFile(uploadFile(upload))) !== digest) return false;
      await moveTo(uploadFile(upload), blob(digest));
      await save(inRepository(repository, "_blobs", hexOf(digest)), "");
      return true;
    },
    dropUpload: (upload) => rm(uploadFile(upload), { force: true }),
  };
}

function hexOf(digest: Digest): string {
  return digest.slice("sha256:".length);
}

async function moveTo(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await rename(from, to);
}

async function hashFile(path: string): Promise<Digest> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return `sha256:${hash.digest("hex")}`;
}

async function exists(path: string): Promise<boolean> {
  return (await orAbsent(stat(path))) !== undefined;
}

function readText(path: string): Promise<string | undefined> {
  return orAbsent(readFile(path, "utf8"));
}

async function list(folder: string): Promise<readonly string[]> {
  return (await orAbsent(readdir(folder))) ?? [];
}

async function orAbsent<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
