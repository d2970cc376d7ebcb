import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createColors } from "picocolors";
import type { Expectation } from "../../sandbox/ending.ts";
import type { Oakum, SeenUse } from "../../sandbox/oakum.ts";
import type { RepositoryIds } from "../../sandbox/organisation.ts";
import type { World } from "../../sandbox/world.ts";
import { AppError } from "../core/errors.ts";
import { plainText } from "../core/text/plain-text.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { count, type Output, printNote } from "./output.ts";
import { createProgress, type Progress } from "./progress.ts";
import { createTeller, type Teller } from "./teller.ts";

const NEEDS = "the demo needs a clone of Oakum's repository with its development dependencies (npm ci)";
/** Characters of the log that a story which ended otherwise shows. */
const LONGEST_LOG = 6000;

/** How the demo is told. */
export interface DemoArguments {
  readonly output: Output;
  /** Ends with the story instead of keeping the page up. */
  readonly once: boolean;
  /** Without the registry's push notifications: only Oakum's own sweep finds the patch. */
  readonly sweep: boolean;
}

/** What the telling of one story shares. */
interface Stage {
  readonly arguments: DemoArguments;
  readonly progress: Progress;
  readonly teller: Teller;
  /** Where the world keeps its state. */
  readonly folder: string;
  /** Aborted when a person ends the demo, and at its end. */
  readonly signal: AbortSignal;
  /** What ends gracefully, the newest last. */
  readonly stops: (() => Promise<unknown>)[];
}

/**
 * Tells the whole story against the sandbox, on this machine. Exits 0 only when it ended as it should. Throws INPUT where
 * the sandbox is missing, or what it stands on.
 */
export async function runDemo(args: DemoArguments): Promise<ExitCode> {
  const { output } = args;
  const controller = interruption();
  const { signal } = controller;
  const folder = await mkdtemp(join(tmpdir(), "oakum-demo-"));
  // Also when it ends otherwise than by the end of this function: nobody reads on, or there is a bug.
  process.once("exit", () => {
    controller.abort();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const stops: Stage["stops"] = [];
  const progress = createProgress(output);
  const teller = createTeller(output, progress, Date.now);
  try {
    return await runStory({ arguments: args, progress, teller, folder, signal, stops });
  } catch (error) {
    // What is under way when a person ends the demo fails.
    if (!signal.aborted) throw isIncomplete(error) ? new AppError("INPUT", NEEDS, { cause: error }) : error;
    progress.end();
    printNote(output, "oakum: ended before the story did");
    return EXIT.pending;
  } finally {
    progress.end();
    for (const stop of stops.toReversed()) await stop();
    controller.abort();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The story, how it ended, and then the page for as long as a person wants it. */
async function runStory(stage: Stage): Promise<ExitCode> {
  const { progress, signal } = stage;
  const { output, once: isOnce } = stage.arguments;
  const began = Date.now();
  const { world, oakum, repositories } = await setUp(stage);
  const ending = await tell(world, oakum, repositories, stage);
  progress.end();
  const exit = conclude(output, ending, Date.now() - began, () => oakum.log());
  if (exit === EXIT.done && !isOnce) {
    output.out(`The page stays at ${world.urls.oakum} until you press Ctrl-C.\n`);
    if (!signal.aborted) await once(signal, "abort");
  }
  return exit;
}

/** A small world with an organisation in it, and Oakum installed on that. */
async function setUp({ arguments: { output, sweep, once: isOnce }, teller, folder, signal, stops }: Stage) {
  const { startWorld } = await import("../../sandbox/world.ts");
  const { populate } = await import("../../sandbox/populate.ts");
  const { startOakum } = await import("../../sandbox/oakum.ts");
  output.out("The whole story on this machine; all but git is simulated.\n\n");
  teller.begin("world", "starting GitHub, a registry, advisories, CI and delivery");
  const world = await startWorld({ folder, pushes: !sweep, sweep: sweep ? "1s" : "15m", signal });
  stops.push(() => world.stop());
  teller.done("world", "GitHub, a registry, advisories, CI and delivery are up");
  teller.begin("acme", "pushing four repositories, building and deploying them");
  teller.begin("oakum", "starting on a new database");
  const [repositories, oakum] = await Promise.all([
    populate(world).then((ids) => {
      teller.done("acme", `${Object.keys(ids).join(", ")}: pushed, built, running in staging and production`);
      return ids;
    }),
    startOakum(world, {}, signal).then((started) => {
      stops.push(() => started.stop());
      teller.done("oakum", "up, and installed on acme");
      if (!isOnce) teller.say("page", `${world.urls.oakum} shows the same`);
      return started;
    }),
  ]);
  return { world, oakum, repositories };
}

async function tell(
  world: World,
  oakum: Oakum,
  repositories: RepositoryIds,
  { arguments: { sweep }, teller, signal }: Stage,
): Promise<readonly Expectation[]> {
  const { untilEnded, untilObserved } = await import("../../sandbox/story.ts");
  const { patch } = await import("../../sandbox/publisher.ts");
  teller.begin("oakum", "reading every repository, asking the registry about every image");
  teller.done("oakum", describeUses(await untilObserved(world, oakum, signal)));
  teller.begin("publishers", "pushing two patched base images");
  await patch(world);
  teller.done("publishers", `two base images patched; ${sweep ? "nobody tells Oakum" : "the registry notifies Oakum"}`);
  teller.begin("oakum", `${sweep ? "sweeping" : "hearing of it"}, looking who uses them, editing`);
  return untilEnded(
    world,
    () => oakum,
    (entry) => teller.row(entry, repositories),
    signal,
  );
}

function describeUses(uses: Readonly<Record<string, readonly SeenUse[]>>): string {
  const all = Object.values(uses).flat();
  const held = all.filter(({ state }) => state === "held").length;
  return `knows every image that acme uses: ${count(all.length, "use")}, ${held} of them held`;
}

/** Says what of the story ended as it should and what did not, and answers with the exit code. `took` in milliseconds. */
export function conclude(
  { out, err, colours }: Output,
  ending: readonly Expectation[],
  took: number,
  log: () => string,
): ExitCode {
  const { green, red } = createColors(colours);
  out("\n");
  for (const { sentence, met, found } of ending) {
    out(`${met ? green("✓") : red("✗")} ${sentence}${met ? "" : `; found ${plainText(found, 500)}`}\n`);
  }
  const isGood = ending.every(({ met }) => met);
  if (!isGood) err(`\nThe end of Oakum's log:\n${log().slice(-LONGEST_LOG)}\n`);
  out(`\n${isGood ? "It ended as it should" : "It did not end as it should"}, after ${(took / 1000).toFixed(1)} s.\n`);
  return isGood ? EXIT.done : EXIT.pending;
}

/** Whether a module was missing, here or in one of the sandbox's processes, which say so in their complaint. */
function isIncomplete(error: unknown): boolean {
  return error instanceof Error && error.stack?.includes("ERR_MODULE_NOT_FOUND") === true;
}

/** Aborted by the first signal that asks to end; a second one ends at once. */
function interruption(): AbortController {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => controller.abort());
  return controller;
}
