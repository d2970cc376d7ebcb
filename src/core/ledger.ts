/** A fact for the ledger. Its idempotency key is subject + transition + cause: written twice, it stands once. */
export interface Fact {
  /** What the fact is about: a job key, such as `pull:github.com/1/2#oakum/main/node-1a2b3c`. */
  readonly subject: string;
  /** What became of it, in the past tense or as an intention: `merge intended`, `merged`. */
  readonly transition: string;
  /** What made it so: a head, a digest, an attempt. */
  readonly cause: string;
  /** Plain JSON; never a secret. */
  readonly data: { readonly [key: string]: unknown };
}

/** One row of the append-only, hash-chained ledger. */
export interface LedgerEntry extends Fact {
  /** From 1, without a gap. */
  readonly sequence: number;
  /** RFC 3339, UTC, milliseconds. */
  readonly at: string;
  /** Hash of the entry before; 64 zeros for the first. */
  readonly previous: string;
  /** sha256, hex, of the canonical JSON (RFC 8785) of everything else in this entry. */
  readonly hash: string;
}
