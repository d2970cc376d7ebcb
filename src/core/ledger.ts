import { sha256 } from "./hash.ts";
import { canonicalJson, storableJson } from "./text/canonical-json.ts";

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

/** A place in the chain: all that the next entry needs to know of those before it. */
export type LedgerHead = Pick<LedgerEntry, "sequence" | "hash">;

/** The head of an empty ledger. */
export const ledgerStart: LedgerHead = { sequence: 0, hash: "0".repeat(64) };

/**
 * The entry that follows `previous` (`undefined`: the first one), at `at` milliseconds since the epoch. Its texts are made
 * storable (no NUL, no lone surrogate), so that what a database gives back has the same hash.
 */
export function chain(previous: LedgerHead | undefined, fact: Fact, at: number): LedgerEntry {
  const { sequence, hash } = previous ?? ledgerStart;
  const { subject, transition, cause, data } = storableJson(fact) as Fact;
  const entry = {
    sequence: sequence + 1,
    at: new Date(at).toISOString(),
    previous: hash,
    subject,
    transition,
    cause,
    data,
  };
  return { ...entry, hash: entryHash(entry) };
}

function entryHash(entry: Omit<LedgerEntry, "hash">): string {
  return sha256(canonicalJson(entry));
}

export type Verification =
  | { readonly state: "whole"; readonly count: number; readonly head: LedgerHead }
  /** `at`: the sequence number of the first entry that does not follow from those before it. */
  | { readonly state: "broken"; readonly at: number; readonly why: string };

/**
 * Whether `entries` are one unbroken chain that continues `after` (by default: from the very first). A change, a gap, a
 * swap or an insertion is found; entries cut off at the end are not: compare `head` with the one kept elsewhere.
 */
export function verifyChain(entries: Iterable<LedgerEntry>, after: LedgerHead = ledgerStart): Verification {
  let head = after;
  let count = 0;
  for (const entry of entries) {
    const why = flaw(entry, head);
    if (why !== undefined) return { state: "broken", at: head.sequence + 1, why };
    head = { sequence: entry.sequence, hash: entry.hash };
    count += 1;
  }
  return { state: "whole", count, head };
}

function flaw(entry: LedgerEntry, head: LedgerHead): string | undefined {
  const expected = head.sequence + 1;
  if (entry.sequence !== expected) return `entry ${entry.sequence} stands where ${expected} must`;
  if (entry.previous !== head.hash) return `entry ${expected} does not name the hash of the one before it`;
  const { hash, ...rest } = entry;
  return hash === hashOrNothing(rest) ? undefined : `entry ${expected} is not what its hash says`;
}

/** An entry that cannot be written as canonical JSON was never written by us. */
function hashOrNothing(entry: Omit<LedgerEntry, "hash">): string | undefined {
  try {
    return entryHash(entry);
  } catch {
    return undefined;
  }
}
