import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatReference, parseReference } from "../../../src/core/reference.ts";
import { carriesDigest, rewritePieces } from "../../../src/core/use/pieces.ts";
import type { Piece } from "../../../src/core/use/use.ts";

const [A, B] = [`sha256:${"a".repeat(64)}`, `sha256:${"b".repeat(64)}`];

/** `golang:|1.24|-alpine|=3.21`: pieces between bars; `=` before a piece of a variable, `!` before one that is fixed, `N=` to repeat. */
function piecesOf(text: string): readonly Piece[] {
  return text.split("|").map((part, index) => {
    const [, mark = "", own = ""] = /^([=!]?)(.*)$/.exec(part) ?? [];
    const place = { path: "Dockerfile", start: index * 1000, end: index * 1000 + own.length, text: own };
    return { ...place, ...(mark === "=" && { isValue: true as const }), ...(mark === "!" && { fixed: true as const }) };
  });
}

function rewritten(text: string, to: string): string | undefined {
  const pieces = piecesOf(text);
  const from = parseReference(pieces.map((piece) => piece.text).join(""));
  return rewritePieces(pieces, from!, parseReference(to)!)?.join("|");
}

describe("pieces of a reference are rewritten", () => {
  test.each([
    ["node:|=22|-alpine", "node:24-alpine", "node:|24|-alpine"],
    ["golang:|=1.24|-alpine|=3.21", "golang:1.25-alpine3.22", "golang:|1.25|-alpine|3.22"],
    ["node:|=22|.|=1|.0", "node:24.3.5", "node:|24|.|3|.5"],
    ["node:22-|=bookworm", "node:24-trixie", "node:24-|trixie"],
    ["node:22|=", "node:24", "node:24|"],
    ["a:|=v1.2|-ubi8", "a:v1.10-ubi8", "a:|v1.10|-ubi8"],
    ["=docker.io|/library/|=node|:22", "node:24", "docker.io|/library/|node|:24"],
    // digests
    ["=node:22", `node:24@${B}`, `node:24@${B}`],
    ["=docker.io|/library/node:22", `node:22@${B}`, `docker.io|/library/node:22@${B}`],
    [`node:|=22|-alpine@${A}`, `node:24-alpine@${B}`, `node:|24|-alpine@${B}`],
    [`node:|=22|@|=${A}`, `node:24@${B}`, `node:|24|@|${B}`],
    [`node:|=22@${A}`, `node:24@${B}`, `node:|24@${B}`],
  ])("%s to %s", (text, to, expected) => {
    expect(rewritten(text, to)).toBe(expected);
  });
});

describe("pieces of a reference are left alone", () => {
  test.each([
    ["where a number would be cut in two", "node:2|=2", "node:30"],
    ["where nobody knows whose a change is", "a:|=1.2|=-x", "a:1.2.1-x"],
    ["where a fixed one would change", "golang:|=1.24|-alpine|!3.21", "golang:1.25-alpine3.22"],
    ["where a digest would come into a part of a tag", "node:|=22", `node:22@${B}`],
    ["where a digest would come behind one", "node:|=22|-alpine", `node:22-alpine@${B}`],
    ["where a digest stands behind a part of a tag", `golang:1.24-alpine|=3.21@${A}`, `golang:1.24-alpine3.22@${B}`],
    ["where the name would change", "node:|=22", "deno:22"],
  ])("%s: %s to %s", (_, text, to) => {
    expect(rewritten(text, to)).toBeUndefined();
  });

  test("where one place would have to say two things", () => {
    const [name, tag] = piecesOf("a:|=1");
    const dash = { ...name!, start: 5, end: 6, text: "-" };
    const twice = [name!, tag!, dash, tag!];
    expect(rewritePieces(twice, parseReference("a:1-1")!, parseReference("a:2-2")!)).toEqual(["a:", "2", "-", "2"]);
    expect(rewritePieces(twice, parseReference("a:1-1")!, parseReference("a:2-1")!)).toBeUndefined();
  });
});

test.each([
  ["=node:22", true],
  ["=docker.io|/library/node:22", true],
  ["node:|=22", false],
  ["node:22|=", false],
  [`node:|=22|@${A}`, true],
])("%s can carry a digest: %s", (text, carries) => {
  expect(carriesDigest(piecesOf(text))).toBe(carries);
});

test("whatever is cut into pieces reads as meant once it is rewritten", () => {
  const numbers = fc.tuple(fc.nat(40), fc.nat(40), fc.nat(30));
  fc.assert(
    fc.property(numbers, numbers, fc.array(fc.nat(24), { maxLength: 4 }), (old, now, cuts) => {
      const tag = ([a, b, c]: readonly number[]) => `${a}.${b}-alpine3.${c}`;
      const text = `docker.io/library/node:${tag(old)}`;
      const at = [0, ...cuts.toSorted((x, y) => x - y), text.length];
      const cut = at.slice(1).map((end, i) => text.slice(at[i], end));
      const to = parseReference(`node:${tag(now)}`)!;
      const texts = rewritePieces(piecesOf(cut.join("|")), parseReference(text)!, to);
      if (texts !== undefined) expect(parseReference(texts.join(""))).toEqual(to);
      if (cuts.every((place) => place <= "docker.io/library/node:".length)) expect(texts).toBeDefined();
      expect(formatReference(to)).toContain(tag(now));
    }),
    { numRuns: 300, seed: 20_262 },
  );
});
