import { expect, it } from "vitest";
import { AppError } from "../../src/core/errors.ts";
import { eachInTurn } from "../../src/flow/look/each-in-turn.ts";

const denied = new AppError("DENIED", "a rule");
const tooLarge = new AppError("INPUT", "too large");
const unavailable = new AppError("UNAVAILABLE", "a bad hour");
const limit = new AppError("UNAVAILABLE", "the hour's writes are spoken for", { retryAfter: 60 });
const bug = new TypeError("a bug");

it.each([
  ["nothing", [undefined, undefined], undefined, 2],
  ["the first of what only a person mends", [undefined, denied, tooLarge], denied, 3],
  ["what passes by itself before what does not", [denied, undefined, unavailable], unavailable, 3],
  ["a bug before what only a person mends", [denied, bug], bug, 2],
  ["a limit at once, as it is everyone's", [denied, limit, undefined], limit, 2],
])("does one after the other, and throws %s", async (_, failures, thrown, done) => {
  let begun = 0;
  const works = failures.map((failure, at) => async () => {
    expect(begun).toBe(at);
    begun += 1;
    if (failure !== undefined) throw failure;
  });
  expect(await eachInTurn(works).catch((error: unknown) => error)).toBe(thrown);
  expect(begun).toBe(done);
});
