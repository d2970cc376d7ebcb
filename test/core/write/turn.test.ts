import { expect, it } from "vitest";
import { inOrder, isExpress, type WriteTurn } from "../../../src/core/write/turn.ts";

const HOUR = 3_600_000;

function turn(key: string, rest: Partial<WriteTurn>): WriteTurn {
  return {
    key,
    repository: key,
    urgency: "normal",
    awaited: false,
    since: 0,
    granted: false,
    rest: 1,
    until: 0,
    ...rest,
  };
}

it("lets what people outside did wait for all that came in the day after it, and no longer", () => {
  const turns = [
    turn("outside", { urgency: "outside", since: 0 }),
    turn("a day later", { since: 25 * HOUR }),
    turn("hours later", { since: 23 * HOUR }),
    turn("critical", { urgency: "critical", since: 25 * HOUR }),
  ];
  expect(inOrder(turns).map(({ key }) => key)).toEqual(["critical", "hours later", "outside", "a day later"]);
  expect(isExpress(turn("outside", { urgency: "outside" }))).toBe(false);
});
