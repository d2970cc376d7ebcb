import fc from "fast-check";
import { expect, it } from "vitest";
import { type Allowance, spend } from "../../../src/core/write/allowance.ts";

const TERMS = { most: 3, every: 600 };

/** The times at which it was done, where each of these times somebody would. */
function doneAt(times: readonly number[]): readonly number[] {
  let known: Allowance | undefined;
  return times.filter((time) => {
    const outcome = spend(known, TERMS, time);
    if (outcome.state === "done") known = outcome.rest;
    return outcome.state === "done";
  });
}

it("lets it be done at once a few times, and then one by one", () => {
  expect(doneAt([0, 1, 2, 3, 599, 600, 601, 1199, 1200, 1201])).toEqual([0, 1, 2, 600, 1200]);
});

it("says from when on it may be done again, and keeps to it", () => {
  const outcome = spend({ left: 0, at: 1000 }, TERMS, 1100);
  expect(outcome).toEqual({ state: "wait", until: 1600 });
  expect(spend({ left: 0, at: 1000 }, TERMS, 1600)).toEqual({ state: "done", rest: { left: 0, at: 1600 } });
});

it("is not done more often where the clock goes back, nor never again", () => {
  expect(spend({ left: 0, at: 9000 }, TERMS, 1000)).toEqual({ state: "wait", until: 1600 });
});

it("is done no more often in any span than what was saved and what grows in it", () => {
  const steps = fc.array(fc.integer({ min: 0, max: 900 }), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (waits) => {
      let time = 0;
      const done = doneAt(waits.map((wait) => (time += wait)));
      for (const [index, from] of done.entries())
        for (const [more, until] of done.slice(index).entries())
          expect(more + 1).toBeLessThanOrEqual(TERMS.most + Math.floor((until - from) / TERMS.every) + 1);
    }),
  );
});
