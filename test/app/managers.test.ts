import { expect, it } from "vitest";
import { MANAGERS } from "../../src/app/managers.ts";
import { KINDS } from "../../src/core/use/kind.ts";

it("reads every kind of file that rules can name, each by one manager", () => {
  expect(MANAGERS.map(({ kind }) => kind).toSorted()).toEqual(KINDS.toSorted());
});
