import type { Digest, ImageName, ImageReference, PinnedImage, Platform } from "../core/reference.ts";

/** A content descriptor of the OCI image specification. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly platform?: Platform;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An image index (or Docker manifest list), or an image manifest; schema 1 is refused. */
export type Manifest =
  | {
      readonly kind: "index";
      readonly manifests: readonly Descriptor[];
      readonly annotations?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: "image";
      readonly config: Descriptor;
      readonly layers: readonly Descriptor[];
      readonly annotations?: Readonly<Record<string, string>>;
    };

/** What Oakum reads of an image's configuration. */
export interface ImageConfig {
  readonly platform: Platform;
  readonly labels: Readonly<Record<string, string>>;
  /** Digests of the uncompressed layers, lowest first: what tells one image's base from another's. */
  readonly diffIds: readonly Digest[];
}

/**
 * A registry that speaks the OCI distribution protocol. Errors are `AppError`s: DENIED when the login is refused or the
 * address is not allowed, UNAVAILABLE (with `retryAfter`) when it cannot answer now, INPUT when its answer is malformed,
 * too large, or not the content that the digest names.
 */
export interface Registry {
  /** All tags, page by page, in the registry's order. Nothing for an unknown repository. */
  tags(name: ImageName): AsyncIterable<string>;
  /** What a tag names now: the digest of the index where there is one. `undefined` only for a genuine "no such tag". */
  resolve(reference: ImageReference): Promise<PinnedImage | undefined>;
  /**
   * The manifest itself, its bytes checked against the digest; `undefined` when the registry does not have it. One that was
   * read before may be answered from memory, since a digest never names anything else.
   */
  manifest(image: PinnedImage): Promise<Manifest | undefined>;
  /**
   * The configuration of one platform, or without one that of an image without an index, which has only its own;
   * `undefined` when there is none such.
   */
  config(image: PinnedImage, platform?: Platform): Promise<ImageConfig | undefined>;
  /** A blob as it arrives; the stream fails at its end if the bytes are not what the digest names. */
  blob(image: PinnedImage, digest: Digest): Promise<ReadableStream<Uint8Array>>;
}

/** A login. The user name `REFRESH_TOKEN_USER` says that the password is a refresh token, as Docker's helpers write it. */
export interface Credential {
  readonly username: string;
  readonly password: string;
}

export const REFRESH_TOKEN_USER = "<token>";

/** A registry's push notification. A hook is a hint: it says what to look at, never what is there. */
export interface PushHook {
  readonly kind: string;
  /** Checks the sender, then the form. Throws DENIED or INPUT. No digest leaves this function. */
  parse(headers: Headers, body: Uint8Array): readonly ImageReference[];
}
