import { createHash } from "node:crypto";
import { z } from "zod";
import { type Digest, isDigest } from "../../src/core/reference.ts";
import { answer, type Call, readManifestBody } from "./call.ts";
import { Problem } from "./problem.ts";

const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const MANIFEST_TYPES: ReadonlySet<string> = new Set([
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.docker.distribution.manifest.v2+json",
]);

const descriptor = z.looseObject({
  mediaType: z.string(),
  digest: z.custom<Digest>((text) => isDigest(String(text))),
  size: z.int(),
});
const manifest = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: z.string().optional(),
  artifactType: z.string().optional(),
  manifests: z.array(descriptor).optional(),
  config: descriptor.optional(),
  layers: z.array(descriptor).optional(),
  subject: descriptor.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
type PushedManifest = z.infer<typeof manifest>;

export async function getManifest(call: Call): Promise<void> {
  const { storage, repository, reference } = call;
  const digest = isDigest(reference) ? reference : await storage.tag(repository, tagIn(reference));
  const mediaType = digest && (await storage.manifestType(repository, digest));
  if (digest === undefined || mediaType === undefined) throw new Problem(404, "MANIFEST_UNKNOWN", "manifest unknown");
  const headers = { "content-type": mediaType, "docker-content-digest": digest, etag: `"${digest}"` };
  answer(call, 200, headers, await storage.readBlob(digest));
}

/** Takes a manifest whose contents the repository holds. The tag moves last, when everything it names is there. */
export async function putManifest(call: Call): Promise<void> {
  const { storage, repository, reference } = call;
  const mediaType = call.request.headers["content-type"] ?? "";
  if (!MANIFEST_TYPES.has(mediaType)) throw new Problem(415, "MANIFEST_INVALID", "unknown media type");
  const body = await readManifestBody(call);
  const digest: Digest = `sha256:${createHash("sha256").update(body).digest("hex")}`;
  const tag = isDigest(reference) ? undefined : tagIn(reference);
  if (tag === undefined && reference !== digest)
    throw new Problem(400, "DIGEST_INVALID", "the manifest is not what the digest names");
  const pushed = parse(body, mediaType);
  await checkContents(call, pushed);
  await storage.saveManifest(repository, digest, mediaType, body);
  if (pushed.subject !== undefined)
    await saveReferrer(call, pushed, pushed.subject.digest, { mediaType, digest, size: body.length });
  if (tag !== undefined) await storage.saveTag(repository, tag, digest);
  call.notify(call, { mediaType, digest, size: body.length, ...(tag === undefined ? {} : { tag }) });
  answer(call, 201, {
    location: `/v2/${repository}/manifests/${digest}`,
    "docker-content-digest": digest,
    ...(pushed.subject === undefined ? {} : { "oci-subject": pushed.subject.digest }),
  });
}

/** Takes a tag back, and leaves what it named to whoever knows the digest; or takes back what a digest names, as a cleanup does. */
export async function drop(call: Call): Promise<void> {
  const { storage, repository, reference } = call;
  if (isDigest(reference)) {
    if ((await storage.manifestType(repository, reference)) === undefined) {
      throw new Problem(404, "MANIFEST_UNKNOWN", "no such manifest");
    }
    await storage.dropManifest(repository, reference);
    return answer(call, 202);
  }
  const tag = tagIn(reference);
  if ((await storage.tag(repository, tag)) === undefined) throw new Problem(404, "MANIFEST_UNKNOWN", "no such tag");
  await storage.dropTag(repository, tag);
  answer(call, 202);
}

function parse(body: Buffer, mediaType: string): PushedManifest {
  let json: unknown;
  try {
    json = JSON.parse(body.toString("utf8"));
  } catch {
    throw new Problem(400, "MANIFEST_INVALID", "not JSON");
  }
  const parsed = manifest.safeParse(json);
  if (!parsed.success) throw new Problem(400, "MANIFEST_INVALID", "not a manifest");
  const { data } = parsed;
  const isIndex = /index|list/.test(mediaType);
  const whole = isIndex ? data.manifests !== undefined : data.config !== undefined && data.layers !== undefined;
  if (!whole || (data.mediaType ?? mediaType) !== mediaType) {
    throw new Problem(400, "MANIFEST_INVALID", "the manifest is not of its media type");
  }
  return data;
}

async function checkContents({ storage, repository }: Call, pushed: PushedManifest): Promise<void> {
  for (const { digest } of pushed.manifests ?? []) {
    if ((await storage.manifestType(repository, digest)) === undefined) {
      throw new Problem(404, "MANIFEST_BLOB_UNKNOWN", `manifest ${digest} unknown`);
    }
  }
  for (const { digest } of [pushed.config ?? [], pushed.layers ?? []].flat()) {
    if ((await storage.blobSize(repository, digest)) === undefined) {
      throw new Problem(404, "MANIFEST_BLOB_UNKNOWN", `blob ${digest} unknown`);
    }
  }
}

async function saveReferrer(
  { storage, repository }: Call,
  { artifactType, config, annotations }: PushedManifest,
  subject: Digest,
  own: { readonly mediaType: string; readonly digest: Digest; readonly size: number },
): Promise<void> {
  const type = artifactType ?? config?.mediaType;
  const described = {
    ...own,
    ...(type === undefined ? {} : { artifactType: type }),
    ...(annotations && { annotations }),
  };
  await storage.saveReferrer(repository, subject, own.digest, described);
}

function tagIn(reference: string): string {
  if (!TAG.test(reference)) throw new Problem(400, "TAG_INVALID", "not a tag");
  return reference;
}
