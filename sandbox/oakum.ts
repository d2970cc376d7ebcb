import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { LedgerEntry } from "../src/core/ledger.ts";
import { isGone, killProcess, spawnNode, stopProcess } from "./process.ts";
import type { World } from "./world.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
/** Milliseconds between two looks, and until a start has failed: a first start creates the database. */
const LOOK = 50;
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
  /** The rows of its ledger after this sequence number. */
  ledger(after: number): Promise<readonly LedgerEntry[]>;
  /** By `owner/name`. */
  uses(): Promise<Readonly<Record<string, readonly SeenUse[]>>>;
  /** Ends when the process does, however it does. */
  readonly gone: Promise<unknown>;
  /** Asks it to stop, and waits. */
  stop(): Promise<void>;
  /** `kill -9`, and waits. */
  kill(): Promise<void>;
}

/** Starts `oakum serve` in the world's environment and waits until it is ready. It ends when `signal` is aborted. */
export async function startOakum(
  world: World,
  extra: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<Oakum> {
  const url = world.urls.oakum;
  const child = spawnNode(MAIN, ["serve"], { LOG_LEVEL: "info", ...world.environment, ...extra }, signal);
  const gone = once(child, "exit");
  const log = logOf(child);
  try {
    await untilReady(url, child);
  } catch (error) {
    await killProcess(child);
    throw new Error(`Oakum did not start: ${log().slice(-4000)}`, { cause: error });
  }
  return {
    pid: child.pid ?? 0,
    log,
    ledger: (after) => readLedger(url, after),
    uses: () => getJson(`${url}/api/uses`),
    gone,
    stop: () => stopProcess(child),
    kill: () => killProcess(child),
  };
}

function logOf({ stdout, stderr }: ChildProcess): () => string {
  let log = "";
  stdout?.resume();
  stderr?.on("data", (chunk: Buffer) => {
    log = `${log}${chunk.toString()}`.slice(-LONGEST_LOG);
  });
  return () => log;
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = Date.now() + START;
  while (Date.now() < deadline && !isGone(child)) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
  throw new Error(isGone(child) ? "it ended" : "it was not ready in time");
}

/** Page by page. */
async function readLedger(url: string, after: number): Promise<readonly LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  for (;;) {
    const last = entries.at(-1)?.sequence ?? after;
    const page = await getJson<readonly LedgerEntry[]>(`${url}/api/ledger?after=${last}`);
    if (page.length === 0) return entries;
    entries.push(...page);
  }
}

async function getJson<T>(url: string): Promise<T> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
  return (await answer.json()) as T;
}
