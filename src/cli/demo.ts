import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createColors } from "picocolors";
import type { Expectation } from "../../sandbox/ending.ts";
import type { Oakum } from "../../sandbox/oakum.ts";
import type { RepositoryIds } from "../../sandbox/organisation.ts";
import type { World } from "../../sandbox/world.ts";
import type { LedgerEntry } from "../core/ledger.ts";
import { plainText } from "../core/plain-text.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { narrate } from "./narration.ts";
import type { Output } from "./output.ts";

/** How the demo is told. */
export interface DemoArguments {
  readonly output: Output;
  /** Ends with the story instead of keeping the page up. */
  readonly once: boolean;
  /** Without the registry's push notifications: only Oakum's own sweep finds the patch. */
  readonly sweep: boolean;
}

/** Tells the whole story against the sandbox, on this machine. Exits 0 only when it ended as it should. */
export async function runDemo({ output, once, sweep }: DemoArguments): Promise<ExitCode> {
  const { startWorld } = await import("../../sandbox/world.ts");
  const { populate } = await import("../../sandbox/populate.ts");
  const { startOakum } = await import("../../sandbox/oakum.ts");
  const folder = await mkdtemp(join(tmpdir(), "oakum-demo-"));
  const stops: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const end of stops.splice(0).toReversed()) await end();
  };
  const interrupted = interruption();
  try {
    const teller = createTeller(output);
    teller.say("a small world on this machine: GitHub, a registry, advisories, CI, delivery (all but git simulated)");
    const world = await startWorld({ folder, pushes: !sweep, sweep: sweep ? "1s" : "15m" });
    stops.push(() => world.stop());
    const [repositories, oakum] = await Promise.all([
      populate(world),
      startOakum(world).then((started) => {
        stops.push(() => started.stop());
        return started;
      }),
    ]);
    teller.say("organisation acme: payments, search, storefront, website; Oakum is installed on it");
    const told = tell(world, oakum, repositories, teller, sweep);
    const ending = await Promise.race([told, interrupted.then(() => undefined)]);
    if (ending === undefined) return EXIT.done;
    const isGood = conclude(output, ending, oakum);
    if (once || !isGood) return isGood ? EXIT.done : EXIT.pending;
    output.out(`\nThe page is at ${world.urls.oakum} until you press Ctrl-C.\n`);
    await interrupted;
    return EXIT.done;
  } finally {
    await stop();
  }
}

async function tell(
  world: World,
  oakum: Oakum,
  repositories: RepositoryIds,
  teller: Teller,
  sweep: boolean,
): Promise<readonly Expectation[]> {
  const { untilEnded, untilObserved } = await import("../../sandbox/story.ts");
  const { patch } = await import("../../sandbox/publisher.ts");
  await untilObserved(oakum);
  teller.say("Oakum knows every image that acme uses");
  await patch(world);
  teller.say(`two base images are patched; ${sweep ? "nobody tells Oakum" : "the registry notifies Oakum"}`);
  return untilEnded(
    world,
    () => oakum,
    (entry) => teller.row(entry, repositories),
  );
}

interface Teller {
  say(text: string): void;
  row(entry: LedgerEntry, repositories: RepositoryIds): void;
}

/** One line per step as it happens, with the seconds since the one before. */
function createTeller({ out, colours }: Output): Teller {
  const { dim, bold } = createColors(colours);
  let last = Date.now();
  const line = (text: string, at = Date.now()) => {
    const seconds = ((at - last) / 1000).toFixed(1).padStart(5);
    last = at;
    out(`${dim(`${seconds} s`)}  ${text}\n`);
  };
  return {
    say: (text) => line(text),
    row(entry, repositories) {
      const told = narrate(entry, repositories);
      if (told !== undefined) line(`${bold(told.who.padEnd(11))} ${plainText(told.what, 200)}`, Date.parse(entry.at));
    },
  };
}

function conclude({ out, err, colours }: Output, ending: readonly Expectation[], oakum: Oakum): boolean {
  const { green, red } = createColors(colours);
  out("\n");
  for (const { sentence, met, found } of ending) {
    out(`${met ? green("✓") : red("✗")} ${sentence}${met ? "" : `; found ${plainText(found, 500)}`}\n`);
  }
  const isGood = ending.every(({ met }) => met);
  if (!isGood) err(`\nThe end of Oakum's log:\n${oakum.log().slice(-6000)}\n`);
  return isGood;
}

function interruption(): Promise<void> {
  return new Promise((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
}
