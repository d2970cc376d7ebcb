/** What bounds an exchange with a registry. Times are milliseconds, sizes bytes. */
export interface OciLimits {
  readonly connectTimeout: number;
  /** From the request to the last header. */
  readonly headersTimeout: number;
  /** Between two pieces of a body. */
  readonly bodyTimeout: number;
  /** One question with its redirects, logins and retries, after it got its turn. */
  readonly deadline: number;
  /** A whole blob. */
  readonly blobDeadline: number;
  readonly manifestBytes: number;
  readonly configBytes: number;
  /** What is remembered of manifests, and as much again of configurations. */
  readonly cachedEntries: number;
  readonly cachedBytes: number;
  readonly blobBytes: number;
  readonly tagPages: number;
  readonly tags: number;
  readonly redirects: number;
  /** Tries after the first, of a question that a network or a 5xx failed. */
  readonly retries: number;
  /** Questions in flight to one registry. */
  readonly concurrency: number;
  /** Questions in flight to all registries together. */
  readonly inFlight: number;
  /** Failures in a row after which a registry is left alone for `breakerPause`. */
  readonly breakerThreshold: number;
  readonly breakerPause: number;
}

const MEBIBYTE = 1024 * 1024;

export const DEFAULT_LIMITS: OciLimits = {
  connectTimeout: 10_000,
  headersTimeout: 15_000,
  bodyTimeout: 15_000,
  deadline: 60_000,
  blobDeadline: 15 * 60_000,
  manifestBytes: 4 * MEBIBYTE,
  configBytes: 4 * MEBIBYTE,
  cachedEntries: 4_096,
  cachedBytes: 16 * MEBIBYTE,
  blobBytes: 4096 * MEBIBYTE,
  tagPages: 1_000,
  tags: 200_000,
  redirects: 5,
  retries: 2,
  concurrency: 16,
  inFlight: 64,
  breakerThreshold: 9,
  breakerPause: 30_000,
};
