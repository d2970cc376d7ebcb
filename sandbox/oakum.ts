import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { LedgerEntry } from "../src/core/ledger.ts";
import { stopProcess } from "./process.ts";
import type { World } from "./world.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
/** Milliseconds between two looks, and until a start has failed: a first start creates the database. */
const LOOK = 100;
const START = 60_000;
const LONGEST_LOG = 200_000;

/** A use as the page tells of it. */
export interface SeenUse {
  readonly path: string;
  readonly line: number;
  readonly text: string;
  readonly state: string;
  readonly reason?: { readonly code: string; readonly detail?: string };
}

/** The unchanged App, as a process of its own, in a world. */
export interface Oakum {
  readonly pid: number;
  /** What it logged, the newest at the end. */
  log(): string;
  ledger(after: number): Promise<readonly LedgerEntry[]>;
  uses(): Promise<Readonly<Record<string, readonly SeenUse[]>>>;
  /** Ends when the process does, however it does. */
  readonly gone: Promise<void>;
  /** Asks it to stop, and waits. */
  stop(): Promise<void>;
  kill(): void;
}

/** Starts `oakum serve` in the world's environment and waits until it is ready. */
export async function startOakum(world: World, extra: Readonly<Record<string, string>> = {}): Promise<Oakum> {
  const env: NodeJS.ProcessEnv = { PATH: process.env.PATH ?? "", LOG_LEVEL: "info", ...world.environment, ...extra };
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", MAIN, "serve"], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => {
    log = `${log}${chunk.toString()}`.slice(-LONGEST_LOG);
  });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  try {
    await untilReady(world.oakum, child);
  } catch (error) {
    child.kill("SIGKILL");
    throw new Error(`Oakum did not start: ${log.slice(-4000)}`, { cause: error });
  }
  return {
    pid: child.pid ?? 0,
    log: () => log,
    ledger: (after) => getJson(`${world.oakum}/api/ledger?after=${after}`),
    uses: () => getJson(`${world.oakum}/api/uses`),
    gone,
    stop: () => stopProcess(child),
    kill: () => child.kill("SIGKILL"),
  };
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
  throw new Error("it was not ready in time");
}

async function getJson<T>(url: string): Promise<T> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return (await answer.json()) as T;
}
