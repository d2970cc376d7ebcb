import { describe, expect, it } from "vitest";
import { runLedgerVerify } from "../../src/cli/ledger.ts";
import type { Control, Requests } from "../../src/control/control.ts";
import { chain, type LedgerEntry } from "../../src/core/ledger.ts";

function ledgerOf(length: number): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (let index = 0; index < length; index++) {
    entries.push(
      chain(entries.at(-1), { subject: "image:a", transition: "observed", cause: `${index}`, data: {} }, index),
    );
  }
  return entries;
}

async function verify(entries: readonly LedgerEntry[], json = false) {
  let printed = "";
  let closed = 0;
  const output = {
    json,
    colours: false,
    out: (text: string) => {
      printed += text;
    },
    err: () => {},
  };
  const control: Control = {
    ask: async (_, input) => {
      const { after, limit } = input as Requests["ledger"]["input"];
      return entries.filter(({ sequence }) => sequence > after).slice(0, limit) as never;
    },
    close: async () => {
      closed += 1;
    },
  };
  try {
    return { code: await runLedgerVerify(output, async () => control), printed };
  } finally {
    expect(closed).toBe(1);
  }
}

describe("oakum ledger verify", () => {
  it("follows the chain to its end, however long", async () => {
    const entries = ledgerOf(2500);
    const head = entries.at(-1)?.hash;
    expect(await verify(entries)).toEqual({
      code: 0,
      printed: `the ledger is whole: 2500 entries, the last one ${head}\n`,
    });
    expect(JSON.parse((await verify(entries, true)).printed)).toEqual({ state: "whole", entries: 2500, head });
  });

  it("is content with an empty one", async () => {
    expect((await verify([])).code).toBe(0);
  });

  it.each<[title: string, tamper: (entries: LedgerEntry[]) => unknown, at: number]>([
    ["changed", (entries) => entries.splice(1200, 1, { ...entries[1200]!, cause: "another" }), 1201],
    ["taken out", (entries) => entries.splice(1000, 1), 1001],
    ["put in twice", (entries) => entries.splice(5, 0, entries[4]!), 6],
  ])("names the entry that was %s", async (_, tamper, at) => {
    const entries = ledgerOf(1500);
    tamper(entries);
    await expect(verify(entries)).rejects.toMatchObject({
      code: "INPUT",
      message: expect.stringContaining(`broken at entry ${at}`),
    });
  });
});
