import type { Fact, LedgerEntry } from "../core/ledger.ts";

/** The append-only, hash-chained record of facts. */
export interface Ledger {
  /** Appends the fact unless it stands already (subject + transition + cause), and returns the row that stands. */
  append(fact: Fact, at: number): Promise<LedgerEntry>;
  find(subject: string, transition: string, cause: string): Promise<LedgerEntry | undefined>;
  /** The newest entry of a transition of a subject, whatever its cause. */
  newest(subject: string, transition: string): Promise<LedgerEntry | undefined>;
  /** In order of sequence, from `after` (exclusive), at most `limit`. */
  read(after: number, limit: number): Promise<readonly LedgerEntry[]>;
  /** The newest entry: the head of the chain. */
  last(): Promise<LedgerEntry | undefined>;
}
