import type { Oakum } from "../../sandbox/oakum.ts";
import { until } from "../../sandbox/story.ts";
import type { World } from "../../sandbox/world.ts";
import { endOf } from "./fingerprint.ts";

/** What the story of one repository leaves, once production is confirmed. */
export async function confirmedEnd(world: World, oakum: Oakum): Promise<unknown> {
  await untilConfirmed(oakum);
  return endOf(world, oakum);
}

export async function untilConfirmed(oakum: Oakum): Promise<void> {
  await until("production is confirmed", async () => {
    const facts = await oakum.ledger(0);
    return facts.some(({ subject, transition }) => transition === "confirmed" && subject.includes("/production/"));
  });
}

export async function untilFact(oakum: Oakum, wanted: string): Promise<void> {
  await until(wanted, async () => (await oakum.ledger(0)).some(({ transition }) => transition === wanted));
}
