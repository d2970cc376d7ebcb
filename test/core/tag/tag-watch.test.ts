import fc from "fast-check";
import { expect, test } from "vitest";
import { habitOf } from "../../../src/core/tag/habit.ts";
import { compareOsReleases } from "../../../src/core/tag/os-release.ts";
import { whyNoStep } from "../../../src/core/tag/refusal.ts";
import { changeClass, compareTags, parseTag } from "../../../src/core/tag/tag.ts";
import { indexTags, newerTags, watchedTags } from "../../../src/core/tag/tag-index.ts";
import { anyTags } from "../arbitraries.ts";

/** Of an image whose publisher keeps no lines. */
const NO_HABIT = habitOf("registry.example/team/app", Date.UTC(2026, 10, 23));

const OS = ["22.1.0-trixie", "22.1.0-forky", "22.1.0-bullseye", "22.2.0-bookworm", "22.2.0-trixie", "22.1.0-noble"];
const NODE = [18, 20, 22, 23, 24, 25, 26].flatMap((major) => [
  `${major}`,
  `${major}-alpine`,
  ...[0, 1, 2].flatMap((minor) => [0, 1, 2, 3, 4].map((patch) => `${major}.${minor}.${patch}-alpine`)),
]);

const CASES: readonly (readonly [inUse: string, newer: readonly string[]])[] = [
  ["22-alpine", ["26-alpine", "25-alpine", "24-alpine"]],
  ["25", ["26"]],
  ["26", []],
  [
    "22.1.0-alpine",
    [
      ...["26.2.4-alpine", "26.2.3-alpine", "26.2.2-alpine"],
      ...["22.2.4-alpine", "22.2.3-alpine", "22.2.2-alpine"],
      ...["22.1.4-alpine", "22.1.3-alpine", "22.1.2-alpine"],
    ],
  ],
  ["latest", []],
  ["22.1.0-bookworm", ["22.2.0-bookworm", "22.1.0-trixie"]],
];

test.each(CASES)("of %s, the newest three of each change class are newer: %j", (inUse, newer) => {
  expect(newerTags(indexTags(["latest", ...NODE, ...OS], NO_HABIT), inUse)).toEqual(newer);
});

test("a pre-release is watched only for a pre-release", () => {
  const all = ["18beta1", "18beta2", "18rc1", "18", "19", "20", "21", "22beta1"];
  expect(newerTags(indexTags(all, NO_HABIT), "18")).toEqual(["21", "20", "19"]);
  expect(newerTags(indexTags(all, NO_HABIT), "18beta1")).toEqual([
    "21",
    "20",
    "19",
    "18",
    "22beta1",
    "18rc1",
    "18beta2",
  ]);
});

test("and of what policy wants the newest three of each class, however many newer ones there are", () => {
  const index = indexTags(NODE, NO_HABIT);
  const newest = ["26.2.4-alpine", "26.2.3-alpine", "26.2.2-alpine"];
  expect(newerTags(index, "22.0.0-alpine", { major: "24*" })).toEqual([
    ...[...newest, "24.2.4-alpine", "24.2.3-alpine", "24.2.2-alpine"],
    ...["22.2.4-alpine", "22.2.3-alpine", "22.2.2-alpine"],
    ...["22.0.4-alpine", "22.0.3-alpine", "22.0.2-alpine"],
  ]);
  expect(newerTags(index, "22.0.0-alpine", { patch: "22.0.1-*" })).toContain("22.0.1-alpine");
  expect(newerTags(index, "22.0.0-alpine")).not.toContain("22.0.1-alpine");
  const systems = indexTags(["1-trixie", "1-forky", "1-bookworm", "1-bullseye", "1-buster", "1-stretch"], NO_HABIT);
  expect(newerTags(systems, "1-stretch", { os: "*-buster" })).toEqual([
    ...["1-trixie", "1-bookworm", "1-bullseye", "1-buster"],
  ]);
  const inUse = { tag: "22.0.0-alpine", globs: { major: "24*" } };
  expect(watchedTags([inUse], NODE, NO_HABIT)).toEqual(
    expect.arrayContaining(["22.0.0-alpine", ...newest, "24.2.4-alpine"]),
  );
});

test("what is in use is watched first, once, even if the registry does not list it", () => {
  const inUse = ["latest", "24", "latest", "gone"].map((tag) => ({ tag }));
  expect(watchedTags(inUse, ["22", "24", "25", "26", "26"], NO_HABIT)).toEqual(["latest", "24", "gone", "26", "25"]);
});

/** By the OS release, where both name one of the same family. */
function compareSystems(a: string, b: string): number {
  const [one, other] = [parseTag(a).os, parseTag(b).os];
  return one === undefined || other?.track !== one.track ? 0 : compareOsReleases(one, other);
}

test("finds the same as looking at every tag", () => {
  fc.assert(
    fc.property(anyTags(), fc.uniqueArray(anyTags(), { maxLength: 60 }), (inUse, all) => {
      const found = newerTags(indexTags(all, NO_HABIT), inUse);
      const isStep = (tag: string) =>
        whyNoStep(parseTag(inUse), parseTag(tag), NO_HABIT) === undefined && tag !== inUse;
      const offered = all.filter(isStep).sort((a, b) => compareSystems(b, a) || compareTags(b, a));
      for (const tag of found) expect(offered).toContain(tag);
      for (const change of ["patch", "minor", "major", "os"] as const) {
        const best = offered.filter((tag) => changeClass(inUse, tag) === change).slice(0, 3);
        expect(found).toEqual(expect.arrayContaining(best));
      }
    }),
  );
});
