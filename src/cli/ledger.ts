import { AppError } from "../core/errors.ts";
import { type LedgerEntry, type LedgerHead, ledgerStart, verifyChain } from "../core/ledger.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { count, type Output, printJson, printLine } from "./output.ts";

/** A ledger opened for reading. */
export interface LedgerSession {
  /** In order of sequence, from `after` (exclusive), at most `limit`. */
  read(after: number, limit: number): Promise<readonly LedgerEntry[]>;
  close(): Promise<void>;
}

const BATCH = 1000;

/** `oakum ledger verify`: whether the ledger is one unbroken chain. Throws INPUT at the first entry that breaks it. */
export async function runLedgerVerify(output: Output, open: () => Promise<LedgerSession>): Promise<ExitCode> {
  const ledger = await open();
  try {
    const head = await verify(ledger);
    if (output.json) printJson(output, { state: "whole", entries: head.sequence, head: head.hash });
    else printLine(output, describe(head));
    return EXIT.done;
  } finally {
    await ledger.close();
  }
}

function describe({ sequence, hash }: LedgerHead): string {
  if (sequence === 0) return "the ledger is empty";
  return `the ledger is whole: ${count(sequence, "entry", "entries")}, the last one ${hash}`;
}

async function verify(ledger: LedgerSession): Promise<LedgerHead> {
  let head = ledgerStart;
  for (;;) {
    const entries = await ledger.read(head.sequence, BATCH);
    if (entries.length === 0) return head;
    const verification = verifyChain(entries, head);
    if (verification.state === "broken") {
      throw new AppError("INPUT", `the ledger is broken at entry ${verification.at}: ${verification.why}`);
    }
    head = verification.head;
  }
}
