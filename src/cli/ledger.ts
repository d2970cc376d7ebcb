import type { Control } from "../control/control.ts";
import { AppError } from "../core/errors.ts";
import { type LedgerHead, ledgerStart, verifyChain } from "../core/ledger.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { count, type Output, printJson, printLine } from "./output.ts";

const BATCH = 1000;

/** `oakum ledger verify`: whether the ledger is one unbroken chain. Throws INPUT at the first entry that breaks it. */
export async function runLedgerVerify(output: Output, open: () => Promise<Control>): Promise<ExitCode> {
  const control = await open();
  try {
    const head = await verify(control);
    if (output.json) printJson(output, { state: "whole", entries: head.sequence, head: head.hash });
    else printLine(output, describe(head));
    return EXIT.done;
  } finally {
    await control.close();
  }
}

function describe({ sequence, hash }: LedgerHead): string {
  if (sequence === 0) return "the ledger is empty";
  return `the ledger is whole: ${count(sequence, "entry", "entries")}, the last one ${hash}`;
}

async function verify(control: Control): Promise<LedgerHead> {
  let head = ledgerStart;
  for (;;) {
    const entries = await control.ask("ledger", { after: head.sequence, limit: BATCH });
    if (entries.length === 0) return head;
    const verification = verifyChain(entries, head);
    if (verification.state === "broken") {
      throw new AppError("INPUT", `the ledger is broken at entry ${verification.at}: ${verification.why}`);
    }
    head = verification.head;
  }
}
