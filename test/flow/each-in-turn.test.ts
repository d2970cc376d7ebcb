import { expect, it } from "vitest";
import { AppError } from "../../src/core/errors.ts";
import { eachInTurn } from "../../src/flow/look/each-in-turn.ts";

const denied = new AppError("DENIED", "a rule");
const unavailable = new AppError("UNAVAILABLE", "a bad hour");
const bug = new TypeError("a bug");

it.each([
  ["nothing", [undefined, undefined], undefined],
  ["the first of what only a person mends", [undefined, denied, new AppError("INPUT", "too large")], denied],
  ["what passes by itself before what does not", [denied, undefined, unavailable], unavailable],
  ["a bug before what only a person mends", [denied, bug], bug],
])("does all, one after the other, and throws %s", async (_, failures, thrown) => {
  const done: number[] = [];
  const works = failures.map((failure, at) => async () => {
    done.push(at);
    if (failure !== undefined) throw failure;
  });
  expect(await eachInTurn(works).catch((error: unknown) => error)).toBe(thrown);
  expect(done).toEqual(failures.map((_, at) => at));
});
