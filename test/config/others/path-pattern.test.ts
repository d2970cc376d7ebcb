import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { patternsOf } from "../../../src/config/others/path-pattern.ts";

/** What patterns are made of, and text. */
const SIGNS = fc.constantFrom(..."a/*?!(){}[],|+\\^$.\u00e9");

describe("a pattern of Renovate's", () => {
  it.each<[pattern: string, text: string, matches: boolean | undefined]>([
    ["*", "a/b.yaml", true],
    ["*.yaml", "b.yaml", true],
    ["*.yaml", "a/b.yaml", false],
    ["**/*.YAML", "a/b.yaml", true],
    ["k8s/**", "k8s/.hidden/b.yaml", true],
    ["!k8s/**", "k8s/b.yaml", false],
    ["a/*.{yml,yaml}", "a/b.yml", true],
    ["{a,b}/{c,d}", "b/c", true],
    ["{a,b}/{c,d}", "b/e", false],
    ["[ab].yaml", "a.yaml", undefined],
    ["+(a|b).yaml", "a.yaml", undefined],
    ["{a}.yaml", "a.yaml", undefined],
    ["{a,b}".repeat(6), "aaaaaa", undefined],
    ["/(^|/)k8s/.+\\.ya?ml$/", "x/k8s/a.yaml", true],
    ["/^K8S/i", "k8s/a.yaml", true],
    ["!/^k8s/", "k8s/a.yaml", false],
    ["/^(?!a)/", "b", undefined],
    ["/(/", "b", undefined],
    ["/a{3}/", "aaa", undefined],
    [`/${"a".repeat(201)}/`, "a", undefined],
  ])("%s on %s: %s", (pattern, text, matches) => {
    expect(patternsOf().matches(pattern, text)).toBe(matches);
  });

  it.each<[patterns: readonly string[], text: string, matches: boolean | undefined]>([
    [[], "npm", false],
    [["npm", "dockerfile"], "dockerfile", true],
    [["!npm"], "dockerfile", true],
    [["!npm", "!dockerfile"], "dockerfile", false],
    [["docker*", "!dockerfile"], "dockerfile", false],
    [["[a]", "dockerfile"], "dockerfile", true],
    [["[a]", "npm"], "dockerfile", undefined],
    [["[a]", "!dockerfile"], "dockerfile", false],
  ])("one of a list, and none that is negated: %j on %s: %s", (patterns, text, matches) => {
    expect(patternsOf().matchesList(patterns, text)).toBe(matches);
  });

  it("is given up when all of them together have cost too much", () => {
    const patterns = patternsOf();
    const text = "a".repeat(512);
    const costly = Array.from({ length: 200 }, (_, at) => patterns.matches(`/${"a*".repeat(90)}${at}/`, text));
    expect(costly.slice(0, 5)).toEqual([false, false, false, false, false]);
    expect(costly.at(-1)).toBeUndefined();
  });

  it("matches literally what it says, and never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: SIGNS, maxLength: 12 }), fc.string({ maxLength: 20 }), (pattern, text) => {
        const patterns = patternsOf();
        patterns.matches(pattern, text);
        patterns.matchesGlob(pattern, text);
        expect(patterns.matchesGlob("**/*", `a/${text.replaceAll("/", "")}`)).toBe(true);
      }),
    );
  });
});
