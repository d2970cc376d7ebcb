/** `sha256:` and 64 lower-case hex digits. */
export type Digest = `sha256:${string}`;

/** A registry (`host[:port]`, normalised: `docker.io`) and a repository in it (normalised: `library/node`). */
export interface ImageName {
  readonly registry: string;
  readonly repository: string;
}

/** A name with a tag, a digest, or both. Neither means the tag `latest`, as Docker reads it. */
export interface ImageReference extends ImageName {
  readonly tag?: string;
  readonly digest?: Digest;
}

/** One exact image: what a registry must answer the same for, forever. */
export interface PinnedImage extends ImageName {
  readonly digest: Digest;
}

/** Operating system, architecture and variant, as in the OCI image index specification. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
}

/** Variants that mean the same, as containerd's platform rules read them: what an absent one stands for. */
const DEFAULT_VARIANT: ReadonlyMap<string, string> = new Map([
  ["arm64", "v8"],
  ["arm", "v7"],
  ["amd64", "v1"],
]);

const DOCKER_HUB = "docker.io";
const LEGACY_DOCKER_HUB = "index.docker.io";
const OFFICIAL = "library/";

const MAX_REPOSITORY = 255;
/** No reference is longer: a DNS name with port, a repository, a tag and a digest. */
const MAX_TEXT = 1024;

const LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const REGISTRY = new RegExp(`^(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);

const COMPONENT = "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*";
const TAG = "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}";
const DIGEST = "sha256:[0-9a-f]{64}";
const REMAINDER = new RegExp(`^(${COMPONENT}(?:/${COMPONENT})*)(?::(${TAG}))?(?:@(${DIGEST}))?$`);
const DIGEST_ALONE = new RegExp(`^${DIGEST}$`);
/** An image id, which the grammar would otherwise take for a name. */
const IDENTIFIER = /^[a-f0-9]{64}$/;

/**
 * The reference that `text` names, normalised as Docker does (`node` is `docker.io/library/node`); `undefined` when it is
 * none. The grammar is that of the distribution project's reference package (`ParseNormalizedNamed`), host:port + tag +
 * digest together included. Digests other than sha256 are refused: no registry that we know serves them.
 */
export function parseReference(text: string): ImageReference | undefined {
  if (text.length > MAX_TEXT || IDENTIFIER.test(text)) return undefined;
  const { registry, remainder } = splitRegistry(text);
  const [, repository, tag, digest] = REMAINDER.exec(remainder) ?? [];
  if (repository === undefined || repository.length > MAX_REPOSITORY || !REGISTRY.test(registry)) return undefined;
  return {
    registry,
    repository,
    ...(tag !== undefined && { tag }),
    ...(digest !== undefined && isDigest(digest) && { digest }),
  };
}

/** The reference in full: `registry/repository[:tag][@digest]`. `parseReference` reads it back as the same value. */
export function formatReference(reference: ImageReference): string {
  return imageKey(reference) + formatVersion(reference);
}

/**
 * What to write instead of `text`, which reads as `from`, so that it reads as `to`. Only tag and digest change: the name
 * stays as written, with or without `docker.io/` and `library/`. `undefined` when `to` is of another image name, or when
 * `text` does not read as `from`.
 */
export function rewriteReference(text: string, from: ImageReference, to: ImageReference): string | undefined {
  const written = parseReference(text);
  if (written === undefined || !sameReference(written, from) || imageKey(from) !== imageKey(to)) return undefined;
  return text.slice(0, text.length - formatVersion(from).length) + formatVersion(to);
}

/** The key of an image name: `registry/repository`. */
export function imageKey(name: ImageName): string {
  return `${name.registry}/${name.repository}`;
}

/** Whether both say the same in every part. A tag left out is not the same as `latest` written out. */
export function sameReference(a: ImageReference, b: ImageReference): boolean {
  return a.registry === b.registry && a.repository === b.repository && a.tag === b.tag && a.digest === b.digest;
}

/** `os/architecture[/variant]`, as Docker writes it. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return variant === undefined ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}

/** Whether two platforms name the same one, an absent variant standing for the architecture's usual one. */
export function isSamePlatform(one: Platform, other: Platform): boolean {
  return one.os === other.os && one.architecture === other.architecture && variantOf(one) === variantOf(other);
}

export function isDigest(text: string): text is Digest {
  return DIGEST_ALONE.test(text);
}

/** The first component is a registry if it cannot be a namespace of Docker Hub; a name of one component never has one. */
function splitRegistry(text: string): { readonly registry: string; readonly remainder: string } {
  const slash = text.indexOf("/");
  const first = text.slice(0, Math.max(slash, 0));
  if (!namesRegistry(first)) return onDockerHub(text);
  const remainder = text.slice(slash + 1);
  return first === DOCKER_HUB || first === LEGACY_DOCKER_HUB ? onDockerHub(remainder) : { registry: first, remainder };
}

function namesRegistry(component: string): boolean {
  return component === "localhost" || /[.:]/.test(component) || component !== component.toLowerCase();
}

function onDockerHub(remainder: string): { readonly registry: string; readonly remainder: string } {
  return { registry: DOCKER_HUB, remainder: remainder.includes("/") ? remainder : OFFICIAL + remainder };
}

function variantOf({ architecture, variant }: Platform): string {
  return variant?.replace(/^(?=\d)/, "v") ?? DEFAULT_VARIANT.get(architecture) ?? "";
}

function formatVersion({ tag, digest }: ImageReference): string {
  return (tag === undefined ? "" : `:${tag}`) + (digest === undefined ? "" : `@${digest}`);
}
