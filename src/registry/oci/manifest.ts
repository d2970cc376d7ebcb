import { z } from "zod";
import { AppError } from "../../core/errors.ts";
import { type Digest, isDigest, type Platform } from "../../core/reference.ts";
import type { Descriptor, ImageConfig, Manifest } from "../registry.ts";

/** Asked for every time: without the lists a registry answers with one platform's digest, or not at all. */
export const MANIFEST_TYPES = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

const digest = z.custom<Digest>((value) => typeof value === "string" && isDigest(value));
const annotations = z.record(z.string(), z.string()).nullish();
const platform = z.object({ os: z.string(), architecture: z.string(), variant: z.string().nullish() });
const descriptor = z.object({
  mediaType: z.string(),
  digest,
  size: z.int().nonnegative(),
  platform: platform.nullish(),
  artifactType: z.string().nullish(),
  annotations,
});
const index = z.object({ schemaVersion: z.literal(2), manifests: z.array(descriptor), annotations });
const image = z.object({ schemaVersion: z.literal(2), config: descriptor, layers: z.array(descriptor), annotations });
const configuration = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().nullish(),
  config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish(),
  rootfs: z.object({ diff_ids: z.array(digest).nullish() }).nullish(),
});

/**
 * Reads a manifest or an index (OCI image specification 1.1; Docker schema 2). What it is follows from its content, since
 * `mediaType` is optional in OCI; content that could be read as both, and schema 1, are INPUT.
 */
export function parseManifest(body: Uint8Array): Manifest {
  const value = parseObject(body, "manifest");
  if (value.schemaVersion === 1) throw new AppError("INPUT", "a schema 1 manifest, which cannot be verified");
  const isIndex = value.manifests !== undefined;
  if (isIndex === (value.config !== undefined || value.layers !== undefined)) {
    throw new AppError("INPUT", "neither an image manifest nor an index");
  }
  if (isIndex) {
    const { manifests, annotations } = checked(index, value, "index");
    return { kind: "index", manifests: manifests.map(toDescriptor), ...present("annotations", annotations) };
  }
  const { config, layers, annotations } = checked(image, value, "manifest");
  return {
    kind: "image",
    config: toDescriptor(config),
    layers: layers.map(toDescriptor),
    ...present("annotations", annotations),
  };
}

/** Reads an image configuration (OCI image specification). INPUT when it is none. */
export function parseConfig(body: Uint8Array): ImageConfig {
  const value = checked(configuration, parseObject(body, "image configuration"), "image configuration");
  return { platform: toPlatform(value), labels: value.config?.Labels ?? {}, diffIds: value.rootfs?.diff_ids ?? [] };
}

/** Whether a media type is Docker's schema 1, signed or not. */
export function isSchema1(mediaType: string | readonly string[] | undefined): boolean {
  return typeof mediaType === "string" && mediaType.startsWith("application/vnd.docker.distribution.manifest.v1");
}

function toDescriptor(value: z.infer<typeof descriptor>): Descriptor {
  return {
    mediaType: value.mediaType,
    digest: value.digest,
    size: value.size,
    ...(value.platform == null ? {} : { platform: toPlatform(value.platform) }),
    ...present("artifactType", value.artifactType),
    ...present("annotations", value.annotations),
  };
}

function toPlatform({ os, architecture, variant }: z.infer<typeof platform>): Platform {
  return { os, architecture, ...(variant == null || variant === "" ? {} : { variant }) };
}

/** `{ [key]: value }`, or nothing where the registry wrote nothing or null. */
function present<K extends string, V>(key: K, value: V | null | undefined): { readonly [P in K]?: V } {
  return value == null ? {} : ({ [key]: value } as { readonly [P in K]: V });
}

function parseObject(body: Uint8Array, what: string): Readonly<Record<string, unknown>> {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(Buffer.from(body).toString("utf8")));
  } catch {
    // The parser's message would quote the registry.
    throw new AppError("INPUT", `not a JSON ${what}`);
  }
}

function checked<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const at = result.error.issues[0]?.path.map(String).join(".") ?? "";
  throw new AppError("INPUT", `not a valid ${what} (at ${at.slice(0, 100)})`);
}
