/**
 * Who may act for a key: each start of a job takes a new number, and acts only while it is still the highest. Both are
 * UNAVAILABLE to a process whose tables a newer version of Oakum has changed.
 */
export interface Fences {
  take(key: string): Promise<number>;
  /** Locks the key's row in a transaction, so that the answer holds until it commits. */
  current(key: string): Promise<number>;
}
