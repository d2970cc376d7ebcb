import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  isGone,
  newObservations,
  newTagList,
  type Observation,
  type Sighting,
} from "../../../src/core/plan/observation.ts";
import { reason } from "../../../src/core/reason.ts";
import { digestOf } from "../arbitraries.ts";

const image = { registry: "docker.io", repository: "library/node" };

/** A letter is a digest, `-` is "no such tag", `.` is no answer. One look per character, one second apart. */
function watch(looks: string, clock: (second: number) => number = (second) => second * 1000) {
  let known: readonly Observation[] = [];
  let moved = "";
  for (const [second, look] of [...looks].entries()) {
    const seen: Sighting[] = look === "." ? [] : [{ tag: "22", digest: look === "-" ? undefined : digestOf(look) }];
    const next = newObservations(image, known, seen, clock(second));
    known = next.observations;
    moved += next.moved.length > 0 ? "!" : " ";
  }
  return { moved, observation: known[0] };
}

describe("newObservations", () => {
  const a = digestOf("a");
  const b = digestOf("b");
  test.each([
    ["first seen", "a", "!", { digest: a, firstSeen: 0, lastSeen: 0 }, false],
    ["dwells", "aaa", "!  ", { digest: a, firstSeen: 0, lastSeen: 2000 }, false],
    ["no answer is no news", "a.a", "!  ", { digest: a, firstSeen: 0, lastSeen: 2000 }, false],
    ["moves", "aab", "! !", { digest: b, firstSeen: 2000, lastSeen: 2000 }, false],
    ["a flip and back starts anew", "abaa", "!!! ", { digest: a, firstSeen: 2000, lastSeen: 3000 }, false],
    ["gone once does not count", "a-", "! ", { digest: a, firstSeen: 0, lastSeen: 1000, goneSince: 1000 }, false],
    ["gone once and back is no break", "a-a", "!  ", { digest: a, firstSeen: 0, lastSeen: 2000 }, false],
    ["gone once, then moved", "a-b", "! !", { digest: b, firstSeen: 2000, lastSeen: 2000 }, false],
    ["gone twice in a row", "a-.-", "!  !", { digest: a, firstSeen: 0, lastSeen: 3000, goneSince: 1000 }, true],
    ["not in a row", "a-a-", "!   ", { digest: a, firstSeen: 0, lastSeen: 3000, goneSince: 3000 }, false],
    ["stays gone", "a---", "! ! ", { digest: a, firstSeen: 0, lastSeen: 3000, goneSince: 1000 }, true],
    ["back after it was gone starts anew", "a--a", "! !!", { digest: a, firstSeen: 3000, lastSeen: 3000 }, false],
  ])("%s: %s", (_, looks, moves, expected, gone) => {
    const { moved, observation } = watch(looks);
    expect(moved).toBe(moves);
    expect(observation).toEqual({ image, tag: "22", ...expected });
    expect(isGone(observation!)).toBe(gone);
  });

  test("a tag that never was leaves no trace", () => {
    expect(watch("--").observation).toBeUndefined();
  });

  test("saves what was answered, and keeps the rest as it is", () => {
    const before = newObservations(
      image,
      [],
      [
        { tag: "22", digest: digestOf("a") },
        { tag: "24", digest: digestOf("b") },
      ],
      1000,
    );
    const after = newObservations(image, before.observations, [{ tag: "24", digest: digestOf("c") }], 2000);
    expect(after.observations.map(({ tag, lastSeen }) => [tag, lastSeen])).toEqual([
      ["22", 1000],
      ["24", 2000],
    ]);
    expect(after.changed).toEqual([after.observations[1]]);
    expect(after.moved).toEqual(after.changed);
  });

  test("time stands still while the clock is behind", () => {
    const jumping = [5000, 1000, 6000];
    expect(watch("ab", (second) => jumping[second]!).observation).toMatchObject({ firstSeen: 5000, lastSeen: 5000 });
    expect(watch("abb", (second) => jumping[second]!).observation).toMatchObject({ firstSeen: 5000, lastSeen: 6000 });
  });

  test("dwell counts from the last move, by a clock that never goes back", () => {
    const looks = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 20 });
    const times = fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(looks, times, (text, times) => {
        const { observation } = watch(text, (second) => times[second]!);
        const lastMove = text.search(/(a+|b+)$/);
        expect(observation).toMatchObject({
          firstSeen: Math.max(...times.slice(0, lastMove + 1)),
          lastSeen: Math.max(...times.slice(0, text.length)),
        });
      }),
    );
  });
});

describe("the list of tags", () => {
  const known = { tags: ["22", "24"] };
  const doubted = { ...known, problem: reason("tags-unlisted") };

  test.each([
    ["is what the registry lists", known, ["24"], { tags: ["24"] }],
    ["is empty where it never was anything else", undefined, [], { tags: [] }],
    ["stays empty", { tags: [] }, [], { tags: [] }],
    ["is not believed to be empty at once", known, [], doubted],
    ["is, the second time", doubted, [], { tags: [] }],
    ["is doubted anew after something else went wrong", { ...known, problem: reason("registry-denied") }, [], doubted],
    ["is there again", doubted, ["22"], { tags: ["22"] }],
  ])("%s", (_, before, tags, after) => {
    expect(newTagList(before, tags)).toEqual(after);
  });
});
