import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chain, type Fact, type LedgerEntry, verifyChain } from "../../src/core/ledger.ts";
import { canonicalJson, storableJson } from "../../src/core/text/canonical-json.ts";

const fact: fc.Arbitrary<Fact> = fc.record({
  subject: fc.string({ unit: "binary" }),
  transition: fc.string(),
  cause: fc.string(),
  data: fc.dictionary(fc.string(), fc.jsonValue()),
});

function ledgerOf(facts: readonly Fact[]): readonly LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const [index, each] of facts.entries()) entries.push(chain(entries.at(-1), each, index * 1000));
  return entries;
}

const ledger = fc.array(fact, { minLength: 3, maxLength: 12 }).map(ledgerOf);
const merged: Fact = { subject: "pull:x#y", transition: "merged", cause: "abc", data: { by: "policy", checks: 2 } };

describe("canonicalJson", () => {
  it.each<[string, unknown, string]>([
    [
      "sorts keys by UTF-16 units",
      { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\u{1f600}": 5, "\u0080": 6, "\u00f6": 7 },
      '{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\u{1f600}":5,"\ufb33":3}',
    ],
    [
      "writes numbers as ECMAScript does",
      [Number("333333333.33333329"), 1e30, 4.5, 2e-3, 1e-27, -0],
      "[333333333.3333333,1e+30,4.5,0.002,1e-27,0]",
    ],
    ["escapes as little as JSON allows", '\u20ac$\u000f\nA\'B"\\\\"/', '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'],
    ["writes literals", [null, true, false], "[null,true,false]"],
    ["leaves undefined properties out", { a: undefined, b: 1 }, '{"b":1}'],
    ["takes __proto__ as a key like any other", JSON.parse('{"__proto__":1,"a":2}'), '{"__proto__":1,"a":2}'],
  ])("%s", (_, value, expected) => {
    expect(canonicalJson(value)).toBe(expected);
  });

  it.each<[string, unknown]>([
    ["NaN", Number.NaN],
    ["an infinity", { a: -Infinity }],
    ["undefined in an array", [undefined]],
    ["a Date", new Date(0)],
    ["a bigint", 1n],
    ["a lone surrogate", "\ud800"],
    ["a lone surrogate in a key", { "\udfff": 1 }],
    ["endless nesting", Array.from({ length: 100 }).reduce((inner) => [inner], 0)],
  ])("refuses %s", (_, value) => {
    expect(() => canonicalJson(value)).toThrow(TypeError);
  });

  it("says the same whatever the order of keys, and can be read back", () => {
    fc.assert(
      fc.property(fc.jsonValue().map(storableJson), (value) => {
        const text = canonicalJson(value);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
    );
  });
});

describe("chain", () => {
  it("starts at 1 with 64 zeros before it", () => {
    expect(chain(undefined, merged, 0)).toEqual({
      ...merged,
      sequence: 1,
      at: "1970-01-01T00:00:00.000Z",
      previous: "0".repeat(64),
      // sha256 of the canonical JSON, computed outside this code
      hash: "a6d0ba2b97bd98652c3585a9afb7fd5036f603dec12cd24a47f528456b9efb47",
    });
  });

  it("makes hostile texts storable, so that a database gives back what was hashed", () => {
    const entry = chain(undefined, { ...merged, cause: "a\0b\ud800", data: { "k\0": ["\udfff", { deep: "\0" }] } }, 0);
    expect(entry.cause).toBe("a\ufffdb\ufffd");
    expect(entry.data).toEqual({ "k\ufffd": ["\ufffd", { deep: "\ufffd" }] });
    expect(verifyChain([JSON.parse(JSON.stringify(entry))])).toMatchObject({ state: "whole" });
  });
});

describe("verifyChain", () => {
  it("finds any chain whole, at once or in pages", () => {
    fc.assert(
      fc.property(ledger, fc.nat(), (entries, cut) => {
        const last = entries.at(-1)!;
        const head = { sequence: last.sequence, hash: last.hash };
        expect(verifyChain(entries)).toEqual({ state: "whole", count: entries.length, head });
        const middle = entries[cut % (entries.length - 1)]!;
        const rest = entries.slice(middle.sequence);
        expect(verifyChain(rest, middle)).toEqual({ state: "whole", count: rest.length, head });
      }),
    );
  });

  it("finds an empty ledger whole", () => {
    expect(verifyChain([])).toEqual({ state: "whole", count: 0, head: { sequence: 0, hash: "0".repeat(64) } });
  });

  const tamperings: Record<string, (entries: LedgerEntry[], at: number) => void> = {
    "a changed subject": (entries, at) =>
      entries.splice(at, 1, { ...entries[at]!, subject: `${entries[at]!.subject}!` }),
    "a changed time": (entries, at) => entries.splice(at, 1, { ...entries[at]!, at: "2001-01-01T00:00:00.000Z" }),
    "changed data": (entries, at) =>
      entries.splice(at, 1, { ...entries[at]!, data: { ...entries[at]!.data, forged: 1 } }),
    "data that is no JSON": (entries, at) => entries.splice(at, 1, { ...entries[at]!, data: { forged: Number.NaN } }),
    "a changed hash": (entries, at) => entries.splice(at, 1, { ...entries[at]!, hash: "f".repeat(64) }),
    "an entry rewritten with its own hash": (entries, at) =>
      entries.splice(at, 1, chain(entries[at - 1], { ...merged, cause: `forged ${at}` }, 1)),
    "a dropped entry": (entries, at) => entries.splice(at, 1),
    "a cut in the middle": (entries, at) => entries.splice(at, Math.max(1, entries.length - at - 1)),
    "a repeated entry": (entries, at) => entries.splice(at, 0, entries[at]!),
    "an inserted entry": (entries, at) =>
      entries.splice(at, 0, chain(entries[at - 1], { ...merged, cause: "forged" }, 1)),
    "two swapped entries": (entries, at) => entries.splice(at, 2, entries[at + 1]!, entries[at]!),
  };

  it.each(Object.keys(tamperings))("finds %s", (name) => {
    fc.assert(
      fc.property(ledger, fc.nat(), (entries, where) => {
        const tampered = [...entries];
        tamperings[name]!(tampered, where % (entries.length - 1));
        const result = verifyChain(tampered);
        expect(result.state).toBe("broken");
      }),
    );
  });

  it("names the first place that is broken", () => {
    const entries = ledgerOf([merged, { ...merged, cause: "2" }, { ...merged, cause: "3" }]);
    expect(verifyChain(entries.toSpliced(1, 1))).toEqual({
      state: "broken",
      at: 2,
      why: "entry 3 stands where 2 must",
    });
    expect(verifyChain(entries.with(1, { ...entries[1]!, cause: "4" }))).toEqual({
      state: "broken",
      at: 2,
      why: "entry 2 is not what its hash says",
    });
  });
});
