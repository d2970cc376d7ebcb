import type { LedgerEntry } from "../core/ledger.ts";
import type { Affected, Affectedness } from "../core/view/exposure.ts";
import type { Slice } from "../core/view/viewer.ts";

/**
 * What a command of this machine asks of the store, by name: what it hands over and what it gets, both plain JSON. One more
 * is its types here, and how it is answered in `flow/requests.ts`.
 */
export interface Requests {
  /** Entries in order of sequence, from `after` (exclusive): at most `limit`, and never more than 1000. */
  readonly ledger: Asked<{ readonly after: number; readonly limit: number }, readonly LedgerEntry[]>;
  /** Where a vulnerability is: of the uses of these states at most `limit`, and never more than 1000. */
  readonly exposed: Asked<Slice & { readonly id: string; readonly states: readonly Affectedness[] }, Affected>;
  /** Nothing new starts. Answers with the pause that stands, which may be an earlier one. */
  readonly pause: Asked<PauseOrder, PauseShown>;
  /** Answers with the pauses that ended. */
  readonly resume: Asked<Omit<PauseOrder, "why">, readonly PauseShown[]>;
  readonly status: Asked<Readonly<Record<string, never>>, Status>;
}

/** Who asks to pause or resume, and for which account: everything when there is none. */
export interface PauseOrder {
  readonly by: string;
  readonly account?: string | undefined;
  /** In their words. */
  readonly why?: string | undefined;
}

/** A pause in force. */
export interface PauseShown {
  /** The login; absent: everything. */
  readonly account?: string;
  /** RFC 3339, UTC. */
  readonly since: string;
  readonly by: string;
  readonly why?: string;
}

export interface Status {
  readonly pauses: readonly PauseShown[];
  /** Of each installation whose changes wait for GitHub's limits: how many jobs, for how long, and that in words. */
  readonly backlogs: readonly {
    readonly installation: number;
    /** Whose it is, by the login in the index. */
    readonly account?: string;
    readonly waiting: number;
    readonly seconds: number;
    readonly text: string;
  }[];
  readonly repositories: number;
  /** Branches beside the default ones that are kept patched. */
  readonly branches: number;
  readonly openPulls: number;
  readonly jobs: { readonly due: number; readonly active: number; readonly waiting: number };
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
