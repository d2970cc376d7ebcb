import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileGlob } from "../../src/config/glob.ts";

const CASES: readonly [pattern: string, matching: readonly string[], other: readonly string[]][] = [
  ["docker.io/library/node", ["docker.io/library/node"], ["docker.io/library/node2", "dockerxio/library/node", ""]],
  ["docker.io/library/*", ["docker.io/library/node"], ["docker.io/library/a/b", "docker.io/library"]],
  ["docker.io/**", ["docker.io/library/node", "docker.io/a/b/c"], ["docker.io", "quay.io/a"]],
  ["**/node", ["docker.io/library/node", "node"], ["docker.io/library/node2"]],
  ["2?", ["22", "2x"], ["2", "222", "2/"]],
  ["**", ["", "a", "a/b/.c"], []],
  ["test/fixtures/**", ["test/fixtures/a", "test/fixtures/a/.b/c"], ["test/fixtures", "x/test/fixtures/a"]],
  ["services/*/**", ["services/a/Dockerfile", "services/a/b/c"], ["services/Dockerfile", "services"]],
  ["**/Dockerfile", ["Dockerfile", "a/Dockerfile", "a/b/Dockerfile"], ["a/xDockerfile", "Dockerfile.dev"]],
  ["a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["ab", "a/xb", "a/x/c"]],
  ["a/**/b/**/c", ["a/b/c", "a/x/b/b/y/c"], ["a/c/b", "a/b"]],
  ["a.b+(c)", ["a.b+(c)"], ["axb+(c)", "a.bbc"]],
];

describe("compileGlob", () => {
  it.each(CASES)("%s", (pattern, matching, other) => {
    const matches = compileGlob(pattern);
    expect(matching.filter((text) => !matches(text))).toEqual([]);
    expect(other.filter(matches)).toEqual([]);
  });

  it("agrees with the regular expression that means the same", () => {
    const part = fc.constantFrom("a", "b", "*", "?", "a*", "*b", "**");
    const pattern = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join("/"));
    const text = fc
      .array(fc.constantFrom("a", "b", "ab"), { minLength: 1, maxLength: 6 })
      .map((parts) => parts.join("/"));
    fc.assert(fc.property(pattern, text, (glob, value) => compileGlob(glob)(value) === expression(glob).test(value)));
  });

  it("takes no exponential time over patterns made to be slow", () => {
    expect(compileGlob(`${"*a".repeat(100)}b`)("a".repeat(4000))).toBe(false);
    expect(compileGlob(`${"**/a/".repeat(50)}b`)("a/".repeat(2000))).toBe(false);
  });
});

function expression(glob: string): RegExp {
  const parts = glob.split("/");
  const sources = parts.map((part, index) => {
    const last = index === parts.length - 1;
    if (part === "**") return last ? "(?:[^/]+/)*[^/]+" : "(?:[^/]+/)*";
    return part.replaceAll("*", "[^/]*").replaceAll("?", "[^/]") + (last ? "" : "/");
  });
  return new RegExp(`^${sources.join("")}$`);
}
