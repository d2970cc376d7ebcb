import fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "../../src/core/errors.ts";
import { patiently } from "../../src/core/patience.ts";

const down = () => new AppError("UNAVAILABLE", "down");

test("asks once more for each pause while it fails for a moment, and never after an answer", async () => {
  const failures = fc.nat({ max: 6 });
  const pauses = fc.array(fc.nat({ max: 5000 }), { maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(failures, pauses, async (failures, pauses) => {
      const slept: number[] = [];
      let asked = 0;
      const ask = async () => {
        asked += 1;
        if (asked <= failures) throw down();
        return asked;
      };
      const answer = patiently(ask, { pauses, sleep: async (pause) => void slept.push(pause) });
      const tries = Math.min(failures, pauses.length) + 1;
      if (failures > pauses.length) await expect(answer).rejects.toMatchObject({ code: "UNAVAILABLE" });
      else expect(await answer).toBe(tries);
      expect(asked).toBe(tries);
      expect(slept).toEqual(pauses.slice(0, tries - 1));
    }),
  );
});

test.each([
  ["names its time", new AppError("UNAVAILABLE", "later", { retryAfter: 1 })],
  ["is a refusal", new AppError("DENIED", "no")],
  ["is a conflict", new AppError("CONFLICT", "moved")],
  ["is a bug", new TypeError("undefined is not a function")],
])("does not ask again after what %s", async (_, error) => {
  let asked = 0;
  const ask = async () => {
    asked += 1;
    throw error;
  };
  const patience = { pauses: [1, 2], sleep: () => Promise.reject(new Error("it waited")) };
  await expect(patiently(ask, patience)).rejects.toBe(error);
  expect(asked).toBe(1);
});
