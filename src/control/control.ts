import type { LedgerEntry } from "../core/ledger.ts";

/**
 * What a command of this machine asks of the store, by name: what it hands over and what it gets, both plain JSON. One more
 * is its types here, and how it is answered in `flow/requests.ts`.
 */
export interface Requests {
  /** Entries in order of sequence, from `after` (exclusive): at most `limit`, and never more than 1000. */
  readonly ledger: Asked<{ readonly after: number; readonly limit: number }, readonly LedgerEntry[]>;
}

interface Asked<Input, Answer> {
  readonly input: Input;
  readonly answer: Answer;
}

export type RequestName = keyof Requests;

/** The way to the store: opened by this process, or through the one that has it open. */
export interface Control {
  /** Throws the `AppError` of whoever answered; UNAVAILABLE when they are gone. */
  ask<Name extends RequestName>(name: Name, input: Requests[Name]["input"]): Promise<Requests[Name]["answer"]>;
  close(): Promise<void>;
}
