import { describe, expect, it } from "vitest";
import { isKept, MOST_LINES, maintainedBranches, namesBranch, prefixesOf } from "../../src/config/branches.ts";

describe("maintainedBranches", () => {
  it.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ["a name", ["1.x"], ["1.x", "1.x.y", "main"], ["1.x"]],
    ["a glob within a part", ["release/*"], ["release/1", "release/1/rc", "released"], ["release/1"]],
    [
      "the higher number first",
      ["release/*"],
      ["release/9", "release/10", "release/9.1"],
      ["release/10", "release/9.1", "release/9"],
    ],
    ["in the order of the patterns, each once", ["next", "*"], ["a", "b", "next"], ["next", "b", "a"]],
    ["never the default branch", ["*"], ["main", "next"], ["next"]],
    ["never ours, nor a queue's", ["**"], ["oakum/main/x-1", "gh-readonly-queue/main/pr-1-a", "next"], ["next"]],
    ["nothing without a pattern", [], ["next"], []],
  ])("keeps %s", (_, patterns, branches, kept) => {
    expect(maintainedBranches(patterns, branches, "main")).toEqual({ kept, left: 0 });
  });

  it("keeps no more than ten, and says how many are left out", () => {
    const branches = Array.from({ length: 14 }, (_, at) => `release/${at}`);
    const { kept, left } = maintainedBranches(["release/*"], branches, "main");
    expect([kept.length, left, kept[0], kept.at(-1)]).toEqual([MOST_LINES, 4, "release/13", "release/4"]);
  });
});

it.each([
  [["release/*"], ["release/"]],
  [
    ["release/*", "release/1.x", "1.?"],
    ["release/", "1."],
  ],
  [["**/lts", "release/*"], [""]],
  [["next", "next"], ["next"]],
  [[], []],
])("asks for the branches of %j by what their names begin with", (patterns, prefixes) => {
  expect(prefixesOf(patterns)).toEqual(prefixes);
});

it("takes pulls into the default branch and those that patterns name", () => {
  const config = { branches: ["release/*"] };
  const bases = ["main", "release/1", "next", "oakum/main/x-1"];
  expect(bases.filter((base) => isKept(config, "main", base))).toEqual(["main", "release/1"]);
  expect(namesBranch(["**"], "gh-readonly-queue/main/pr-1-a")).toBe(false);
});
