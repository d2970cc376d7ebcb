import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { spawnNode } from "../sandbox/process.ts";
import { generateTree, writeTree } from "./tree.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const METER = new URL("./meter.ts", import.meta.url).href;
const RUNS = 3;

/** What it costs to list a generated tree. */
export interface ExtractFigures {
  readonly files: number;
  /** What the generator wrote, and what was found. */
  readonly written: number;
  readonly uses: number;
  /** Of the whole process, its start included; the least of several runs: what else the machine does adds to the others. */
  readonly seconds: number;
  /** MiB at the peak. */
  readonly memory: number;
}

/** What `bench/meter.ts` writes when its process ends. */
export type Metered = Pick<NodeJS.ResourceUsage, "userCPUTime" | "systemCPUTime" | "maxRSS">;

/** Measures `oakum list --json` on a generated tree. */
export async function measureExtract(files: number, runs = RUNS): Promise<ExtractFigures> {
  const folder = mkdtempSync(join(tmpdir(), "oakum-bench-"));
  try {
    const tree = generateTree(files);
    writeTree(join(folder, "tree"), tree);
    const listings = [];
    for (let run = 0; run < runs; run += 1) listings.push(await list(folder));
    return {
      files,
      written: tree.reduce((sum, { uses }) => sum + uses, 0),
      uses: listings[0]?.uses ?? 0,
      seconds: Math.min(...listings.map(({ userCPUTime, systemCPUTime }) => (userCPUTime + systemCPUTime) / 1e6)),
      memory: Math.round(Math.max(...listings.map(({ maxRSS }) => maxRSS)) / 1024),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function list(folder: string): Promise<Metered & { readonly uses: number }> {
  const usage = join(folder, "usage.json");
  const child = spawnNode(MAIN, ["list", join(folder, "tree"), "--json"], {
    NODE_OPTIONS: `--import=${METER}`,
    OAKUM_BENCH_USAGE: usage,
  });
  if (child.stdout === null || child.stderr === null) throw new Error("the process has no output");
  const [listed, complaint] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (complaint !== "") throw new Error(`oakum list complained: ${complaint.slice(0, 2000)}`);
  const uses = listed.split("\n").filter((line) => line !== "").length;
  return { ...(JSON.parse(readFileSync(usage, "utf8")) as Metered), uses };
}
