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
