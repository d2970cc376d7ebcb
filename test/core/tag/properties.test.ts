import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { explainTags } from "../../../src/core/plan/explain-tags.ts";
import type { ChangeClass } from "../../../src/core/policy/policy.ts";
import { parseReference } from "../../../src/core/reference.ts";
import { habitOf, isLongTermTag } from "../../../src/core/tag/habit.ts";
import { compareOsReleases } from "../../../src/core/tag/os-release.ts";
import { isArchitecture, parseTag } from "../../../src/core/tag/tag.ts";
import { compareReleases, compareVersions } from "../../../src/core/tag/version.ts";
import { anyTags } from "../arbitraries.ts";
import { NOW, PLACE, seenImage, termsOf, verdicts } from "./fixture-world.ts";

const IMAGES = ["registry.example/team/app", "docker.io/library/node", "docker.io/library/ubuntu"];
const CLASSES: readonly ChangeClass[] = ["patch", "minor", "major", "os"];

const worlds = () =>
  fc.record({
    image: fc.constantFrom(...IMAGES),
    from: fc.oneof(fc.constantFrom("22", "24.04", "noble", "22.1-bookworm"), anyTags()).filter(isTag),
    tags: fc.uniqueArray(anyTags().filter(isTag), { maxLength: 40 }),
    allow: fc.subarray([...CLASSES], { minLength: 1 }),
  });

function isTag(text: string): boolean {
  return parseReference(`registry.example/team/app:${text}`) !== undefined;
}

/** What the words of a tag, none of them a release or a build, say: no step changes any of it. */
function unchanging(text: string): object {
  const tag = parseTag(text);
  const words = (tag.os?.track ?? tag.track).split("-");
  return {
    track: words.join("-"),
    architectures: text.split("-").filter(isArchitecture),
    windows: /windowsservercore|nanoserver|ltsc/.test(text),
    family: tag.os?.family.name,
  };
}

describe("whatever tags a repository has", () => {
  test("the candidate is no downgrade", () => {
    fc.assert(
      fc.property(worlds(), ({ image, from, tags, allow }) => {
        const found = verdicts(image, seenImage(image, [from, ...tags]), from, termsOf(allow));
        const to = found.find(({ reason }) => reason === undefined)?.tag;
        const before = parseTag(from);
        if (to === undefined) return;
        if (to.version === undefined || before.version === undefined) throw new Error("a name is no candidate");
        if (before.os !== undefined && to.os !== undefined && compareOsReleases(before.os, to.os) !== 0) {
          expect(compareOsReleases(before.os, to.os)).toBeLessThan(0);
          expect(compareReleases(before.version, to.version)).toBeLessThanOrEqual(0);
        } else expect(compareVersions(before.version, to.version)).toBeLessThan(0);
      }),
    );
  });

  test("no variant, OS, architecture or form is left for another", () => {
    fc.assert(
      fc.property(worlds(), ({ image, from, tags, allow }) => {
        const found = verdicts(image, seenImage(image, [from, ...tags]), from, termsOf(allow));
        const to = found.find(({ reason }) => reason === undefined)?.tag;
        if (to !== undefined) expect(unchanging(to.text)).toEqual(unchanging(from));
      }),
    );
  });

  test("a long-term line is left for a long-term line only", () => {
    fc.assert(
      fc.property(worlds(), ({ image, from, tags, allow }) => {
        const habit = habitOf(image, NOW);
        const found = verdicts(image, seenImage(image, [from, ...tags]), from, termsOf(allow));
        const to = found.find(({ reason }) => reason === undefined)?.tag;
        if (to !== undefined && isLongTermTag(parseTag(from), habit)) expect(isLongTermTag(to, habit)).toBe(true);
      }),
    );
  });

  test("every other tag is the candidate or has one reason, whatever their order", () => {
    fc.assert(
      fc.property(worlds(), fc.infiniteStream(fc.nat()), ({ image, from, tags, allow }, order) => {
        const found = verdicts(image, seenImage(image, [from, ...tags]), from, termsOf(allow));
        const others = new Set(tags.filter((tag) => tag !== from));
        expect(found.map(({ tag }) => tag.text).toSorted()).toEqual([...others].toSorted());
        expect(found.filter(({ reason }) => reason === undefined).length).toBeLessThanOrEqual(1);
        const shuffled = tags
          .map((tag) => ({ tag, at: order.next().value as number }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ tag }) => tag);
        const again = verdicts(image, seenImage(image, [...shuffled, from]), from, termsOf(allow));
        const told = (all: typeof found) => Object.fromEntries(all.map(({ tag, reason }) => [tag.text, reason]));
        expect(told(again)).toEqual(told(found));
      }),
    );
  });

  test("the explanation counts each of them once, and names five of a kind at most", () => {
    fc.assert(
      fc.property(worlds(), ({ image, from, tags, allow }) => {
        const reference = parseReference(`${image}:${from}`)!;
        const told = explainTags(reference, PLACE, seenImage(image, [from, ...tags]), termsOf(allow))!;
        const refused = told.refused.reduce((sum, { count }) => sum + count, 0);
        expect(refused + (told.candidate === undefined ? 0 : 1)).toBe(told.total);
        for (const { count, tags: named } of told.refused) expect(named.length).toBe(Math.min(count, 5));
      }),
    );
  });
});

test("tags made to be costly are read like any other", () => {
  const parts = ["1.".repeat(60), "-rc".repeat(40), "0".repeat(126), "a".repeat(128), "1-".repeat(63), "-".repeat(128)];
  const tags = parts.flatMap((part) => Array.from({ length: 500 }, (_, i) => part + i));
  const known = seenImage("registry.example/team/app", ["1.0", ...tags]);
  expect(verdicts("registry.example/team/app", known, "1.0", termsOf())).toHaveLength(tags.length);
});
