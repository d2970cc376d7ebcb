import { setTimeout as sleep } from "node:timers/promises";
import type { LedgerEntry } from "../src/core/ledger.ts";
import { type Expectation, readEnding } from "./ending.ts";
import type { Oakum, SeenUse } from "./oakum.ts";
import type { World } from "./world.ts";

/** Milliseconds: between two looks, and until a story that has not ended never will. */
const LOOK = 100;
const PATIENCE = 120_000;

/** Waits until Oakum has looked at every use of the organisation once; answers with them, by `owner/name`. */
export async function untilObserved(
  { repositories: all }: Pick<World, "repositories">,
  oakum: Oakum,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, readonly SeenUse[]>>> {
  let seen: Readonly<Record<string, readonly SeenUse[]>> = {};
  const isObserved = async () => {
    seen = await oakum.uses();
    const repositories = Object.values(seen);
    return repositories.length === all.length && repositories.every((uses) => uses.length > 0 && uses.every(isKnown));
  };
  await until("every use is observed", isObserved, signal);
  return seen;
}

function isKnown({ state }: { readonly state: string }): boolean {
  return state !== "unknown";
}

/** Follows the story until it has ended as it should, or never will; every new row of the ledger is told as it comes. */
export async function untilEnded(
  world: World,
  oakum: () => Oakum,
  tell: (entry: LedgerEntry) => void = () => {},
  signal?: AbortSignal,
): Promise<readonly Expectation[]> {
  let seen = 0;
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const entries = await oakum()
      .ledger(seen)
      .catch(() => []);
    for (const entry of entries) tell(entry);
    seen = entries.at(-1)?.sequence ?? seen;
    const ending = await readEnding(world, oakum()).catch(() => undefined);
    const isOver = ending?.every(({ met }) => met) === true || Date.now() > deadline;
    if (isOver && ending !== undefined && (entries.length === 0 || Date.now() > deadline)) return ending;
    await sleep(LOOK, undefined, { signal });
  }
}

/** Waits until Oakum has nothing to do now, and GitHub nothing to tell. */
export async function untilIdle({ control, urls }: World): Promise<void> {
  await until("nothing is left to do", async () => {
    await control.post("settle", {});
    const metrics = await (await fetch(`${urls.oakum}/metrics`)).text();
    return !/^oakum_queue_jobs\{.*state="(due|active)"\} [1-9]/m.test(metrics);
  });
}

/** Asks again and again until something holds; asking may fail meanwhile. Throws after `patience` milliseconds. */
export async function until(
  what: string,
  holds: () => Promise<boolean>,
  signal?: AbortSignal,
  patience = PATIENCE,
): Promise<void> {
  const deadline = Date.now() + patience;
  while (Date.now() < deadline) {
    if (await holds().catch(() => false)) return;
    await sleep(LOOK, undefined, { signal });
  }
  throw new Error(`waited in vain until ${what}`);
}
