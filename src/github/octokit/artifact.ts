import type { Octokit } from "@octokit/rest";
import { fromBufferPromise } from "yauzl";
import { collectBounded } from "../../core/bounded.ts";
import { AppError } from "../../core/errors.ts";
import type { Repository } from "../../core/repository.ts";
import { boundedFetch, type Fetch } from "./bounded-fetch.ts";
import { named } from "./client.ts";

const TIMEOUT = 60_000;
const MOST_PACKED = 8 * 1024 * 1024;
const MOST_UNPACKED = 8 * 1024 * 1024;
const MOST_ENTRIES = 100;

/**
 * The zip file of an artifact. GitHub answers with the address of its storage, which is signed for a minute: it is asked
 * without our token. INPUT when the file is larger than 8 MiB.
 */
export async function downloadArtifact(
  octokit: Octokit,
  repository: Repository,
  artifact: number,
  fetch: Fetch,
): Promise<Buffer> {
  const { headers } = await octokit.rest.actions.downloadArtifact({
    ...named(repository),
    artifact_id: artifact,
    archive_format: "zip",
    request: { redirect: "manual" },
  });
  const address = storageAddress(headers.location, octokit.request.endpoint.DEFAULTS.baseUrl);
  const response = await ask(boundedFetch(fetch, { timeout: TIMEOUT, maxBytes: MOST_PACKED }), address);
  if (response.status === 413) throw new AppError("INPUT", `the artifact is larger than ${MOST_PACKED} bytes`);
  if (!response.ok) throw new AppError("UNAVAILABLE", `GitHub's storage answered ${response.status} for an artifact`);
  return Buffer.from(await response.arrayBuffer());
}

async function ask(fetch: Fetch, address: URL): Promise<Response> {
  try {
    return await fetch(address, { redirect: "error" });
  } catch (error) {
    throw new AppError("UNAVAILABLE", "GitHub's storage could not be asked for an artifact", { cause: error });
  }
}

/** https, unless GitHub's API itself is reached without: a sandbox on this machine. */
function storageAddress(location: string | undefined, baseUrl: string): URL {
  const address = location === undefined ? null : URL.parse(location);
  if (address === null) throw new AppError("UNAVAILABLE", "GitHub named no address for an artifact");
  if (address.protocol !== "https:" && address.protocol !== new URL(baseUrl).protocol) {
    throw new AppError("DENIED", `GitHub named an address for an artifact that is not https: ${address.origin}`);
  }
  return address;
}

/**
 * The regular files of a zip file by path, of at most 100 entries and 8 MiB in all, counted while they are inflated. The
 * reader refuses absolute paths, `..`, back slashes and entries longer than they say (APPNOTE.TXT 6.3.10). INPUT when it
 * is no such file.
 */
export async function unpack(zip: Buffer): Promise<ReadonlyMap<string, Uint8Array>> {
  try {
    return await readEntries(zip);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("INPUT", "the artifact is not a zip file that Oakum reads", { cause: error });
  }
}

async function readEntries(zip: Buffer): Promise<ReadonlyMap<string, Uint8Array>> {
  const archive = await fromBufferPromise(zip, { lazyEntries: true, strictFileNames: true });
  if (archive.entryCount > MOST_ENTRIES) throw tooMuch();
  const files = new Map<string, Uint8Array>();
  let room = MOST_UNPACKED;
  for await (const entry of archive.eachEntry()) {
    if (entry.fileName.endsWith("/")) continue;
    if (files.has(entry.fileName)) throw new AppError("INPUT", "the artifact holds a file twice");
    if (entry.uncompressedSize > room) throw tooMuch();
    const content = await collectBounded(await archive.openReadStreamPromise(entry), room);
    if (content === undefined) throw tooMuch();
    room -= content.byteLength;
    files.set(entry.fileName, content);
  }
  return files;
}

function tooMuch(): AppError {
  return new AppError("INPUT", `the artifact holds more than ${MOST_ENTRIES} files or ${MOST_UNPACKED} bytes`);
}
