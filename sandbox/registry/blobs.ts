import { pipeline } from "node:stream/promises";
import { answer, type Call, digestIn } from "./call.ts";
import { Problem } from "./problem.ts";

export async function getBlob(call: Call): Promise<void> {
  const { storage, repository, response, request } = call;
  const digest = digestIn(call.reference);
  const size = await storage.blobSize(repository, digest);
  if (size === undefined) throw new Problem(404, "BLOB_UNKNOWN", "blob unknown to repository");
  response.writeHead(200, {
    "content-length": size,
    "content-type": "application/octet-stream",
    "docker-content-digest": digest,
    etag: `"${digest}"`,
  });
  if (request.method === "HEAD") response.end();
  else await pipeline(storage.openBlob(digest), response);
}

/** POST: mounts a blob of another repository, takes a whole blob at once (`?digest=`), or opens an upload. */
export async function startUpload(call: Call): Promise<void> {
  const { storage, query, repository, request } = call;
  const mount = query.get("mount");
  const from = query.get("from");
  if (mount !== null && from !== null && (await storage.blobSize(from, digestIn(mount))) !== undefined) {
    await storage.linkBlob(repository, digestIn(mount));
    return blobCreated(call, mount);
  }
  const upload = await storage.startUpload();
  if (!query.has("digest")) return uploadState({ ...call, reference: upload }, 202);
  await storage.appendUpload(upload, request);
  await finish(call, upload);
}

export async function continueUpload(call: Call): Promise<void> {
  const { storage, reference, request } = call;
  const size = await knownUpload(call);
  const start = /^(?:bytes )?(\d+)-/.exec(request.headers["content-range"] ?? "")?.[1];
  if (start !== undefined && Number(start) !== size) {
    throw new Problem(416, "BLOB_UPLOAD_INVALID", "the chunk does not continue the upload");
  }
  await storage.appendUpload(reference, request);
  await uploadState(call, 202);
}

export async function finishUpload(call: Call): Promise<void> {
  await knownUpload(call);
  await call.storage.appendUpload(call.reference, call.request);
  await finish(call, call.reference);
}

export async function describeUpload(call: Call): Promise<void> {
  await knownUpload(call);
  await uploadState(call, 204);
}

export async function dropUpload(call: Call): Promise<void> {
  await knownUpload(call);
  await call.storage.dropUpload(call.reference);
  answer(call, 204);
}

async function finish(call: Call, upload: string): Promise<void> {
  const digest = digestIn(call.query.get("digest"));
  if (!(await call.storage.finishUpload(upload, call.repository, digest))) {
    await call.storage.dropUpload(upload);
    throw new Problem(400, "DIGEST_INVALID", "the blob is not what the digest names");
  }
  const size = (await call.storage.blobSize(call.repository, digest)) ?? 0;
  call.notify(call, { mediaType: "application/octet-stream", digest, size });
  blobCreated(call, digest);
}

function blobCreated(call: Call, digest: string): void {
  answer(call, 201, { location: `/v2/${call.repository}/blobs/${digest}`, "docker-content-digest": digest });
}

async function knownUpload({ storage, reference }: Call): Promise<number> {
  const size = await storage.uploadSize(reference);
  if (size === undefined) throw new Problem(404, "BLOB_UPLOAD_UNKNOWN", "upload unknown");
  return size;
}

async function uploadState(call: Call, status: number): Promise<void> {
  const size = await knownUpload(call);
  answer(call, status, {
    location: `/v2/${call.repository}/blobs/uploads/${call.reference}`,
    range: `0-${Math.max(size - 1, 0)}`,
    "docker-upload-uuid": call.reference,
  });
}
