import { expect, test } from "vitest";
import { createLimiter } from "../../../src/core/write/limiter.ts";

test("as many at a time as there is room for; of those who wait the lowest place is next, and of equals the first", async () => {
  const limit = createLimiter(2);
  const order: string[] = [];
  let running = 0;
  const work = (name: string) => async () => {
    running += 1;
    expect(running).toBeLessThanOrEqual(2);
    order.push(name);
    await Promise.resolve();
    running -= 1;
    if (name === "fails") throw new Error(name);
  };
  const all = [
    ...[limit(work("first"), 9), limit(work("second"), 9)],
    ...[limit(work("third of 3"), 3), limit(work("of 5"), 5), limit(work("fails"), 1)],
    ...[limit(work("fourth of 3"), 3), limit(work("placeless"))],
  ];
  await Promise.allSettled(all);
  expect(order).toEqual(["first", "second", "placeless", "fails", "third of 3", "fourth of 3", "of 5"]);
});
