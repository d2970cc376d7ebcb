import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileGlob } from "../../src/core/glob.ts";

const CASES: readonly [pattern: string, matching: readonly string[], other: readonly string[]][] = [
  ["docker.io/library/node", ["docker.io/library/node"], ["docker.io/library/node2", "dockerxio/library/node", ""]],
  ["docker.io/library/*", ["docker.io/library/node"], ["docker.io/library/a/b", "docker.io/library"]],
  ["22*", ["22", "22-alpine", "22.1"], ["21", "122"]],
  ["2?", ["22", "2x"], ["2", "222", "2/"]],
  ["**", ["", "a", "a/b/.c"], []],
  ["test/fixtures/**", ["test/fixtures/a", "test/fixtures/a/.b/c"], ["test/fixtures", "x/test/fixtures/a"]],
  ["services/*/**", ["services/a/Dockerfile", "services/a/b/c"], ["services/a", "services"]],
  ["**/Dockerfile", ["Dockerfile", "a/Dockerfile", "a/b/Dockerfile"], ["a/xDockerfile", "Dockerfile.dev"]],
  ["a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["ab", "a/xb", "a/x/c"]],
  ["a.b+(c)", ["a.b+(c)"], ["axb+(c)", "a.bbc"]],
];

describe("compileGlob", () => {
  it.each(CASES)("%s", (pattern, matching, other) => {
    const matches = compileGlob(pattern);
    expect(matching.filter((text) => !matches(text))).toEqual([]);
    expect(other.filter(matches)).toEqual([]);
  });

  it("agrees with the regular expression that means the same", () => {
    const pattern = fc
      .array(fc.constantFrom("a", "b", "/", "*", "?", "**"), { maxLength: 8 })
      .map((parts) => parts.join(""));
    const text = fc.array(fc.constantFrom("a", "b", "/"), { maxLength: 8 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(pattern, text, (glob, value) => compileGlob(glob)(value) === expression(glob).test(value)),
      { numRuns: 500 },
    );
  });

  it("does not go back over a pattern made to be slow", () => {
    const pattern = `${"*a".repeat(100)}b`;
    expect(compileGlob(pattern)("a".repeat(4000))).toBe(false);
  });
});

function expression(glob: string): RegExp {
  const source = glob.replace(/(?<=^|\/)\*{2,}\/|\*{2,}|\*|\?/g, (part) => {
    if (part === "*") return "[^/]*";
    if (part === "?") return "[^/]";
    return part.endsWith("/") ? "(?:.*/)?" : ".*";
  });
  return new RegExp(`^${source}$`);
}
