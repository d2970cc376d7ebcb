import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { spawnNode } from "../sandbox/process.ts";
import { type GeneratedFile, writeTree } from "./tree.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const METER = new URL("./meter.ts", import.meta.url).href;

/** What `bench/meter.ts` writes when its process ends. */
export type Metered = Pick<NodeJS.ResourceUsage, "userCPUTime" | "systemCPUTime" | "maxRSS">;

/** What several runs of `oakum list --json` on one tree have said, each the same, and used, each its start included. */
export interface Listing {
  readonly uses: number;
  /** What could not be read, a line each. */
  readonly complaints: readonly string[];
  /** Seconds of a processor; the least of all runs: what else the machine does adds to the others. */
  readonly seconds: number;
  /** MiB at the peak. */
  readonly memory: number;
}

/** Lists a tree of these files so many times. */
export async function listTree(files: readonly Pick<GeneratedFile, "path" | "text">[], runs: number): Promise<Listing> {
  const folder = mkdtempSync(join(tmpdir(), "oakum-bench-"));
  try {
    writeTree(join(folder, "tree"), files);
    const listings: (Omit<Listing, "seconds" | "memory"> & Metered)[] = [];
    for (let run = 0; run < runs; run += 1) listings.push(await list(folder));
    const { uses = 0, complaints = [] } = listings[0] ?? {};
    return {
      ...{ uses, complaints },
      seconds: Math.min(...listings.map(({ userCPUTime, systemCPUTime }) => (userCPUTime + systemCPUTime) / 1e6)),
      memory: Math.round(Math.max(...listings.map(({ maxRSS }) => maxRSS)) / 1024),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function list(folder: string) {
  const usage = join(folder, "usage.json");
  const child = spawnNode(MAIN, ["list", join(folder, "tree"), "--json"], {
    NODE_OPTIONS: `--import=${METER}`,
    OAKUM_BENCH_USAGE: usage,
  });
  if (child.stdout === null || child.stderr === null) throw new Error("the process has no output");
  const [listed, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return {
    ...(JSON.parse(readFileSync(usage, "utf8")) as Metered),
    uses: linesOf(listed).length,
    complaints: linesOf(complaints),
  };
}

function linesOf(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}
