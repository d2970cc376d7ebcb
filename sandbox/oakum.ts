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

/** The unchanged App, as a process of its own, in a world; or one of its workers. */
export interface OakumProcess {
  readonly pid: number;
  /** What it logged, the newest at the end. */
  log(): string;
  /** Ends when the process does, however it does. */
  readonly gone: Promise<unknown>;
  /** Asks it to stop, and waits. */
  stop(): Promise<void>;
  /** `kill -9`, and waits. */
  kill(): Promise<void>;
}

/** One that serves. */
export interface Oakum extends OakumProcess {
  /** The rows of its ledger after this sequence number. */
  ledger(after: number): Promise<readonly LedgerEntry[]>;
  /** By `owner/name`. */
  uses(): Promise<Readonly<Record<string, readonly SeenUse[]>>>;
}

/** Starts `oakum serve` in the world's environment and waits until it is ready. It ends when `signal` is aborted. */
export async function startOakum(
  world: World,
  extra: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<Oakum> {
  const url = world.urls.oakum;
  const started = await startProcess("serve", { ...world.environment, ...extra }, signal, () => answersReady(url));
  return {
    ...started,
    ledger: (after) => readLedger(url, after),
    uses: () => getJson(`${url}/api/uses`),
  };
}

/** Starts `oakum worker` in the world's environment, which listens nowhere, and waits until it works. */
export function startOakumWorker(
  world: World,
  extra: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<OakumProcess> {
  const environment = { ...world.environment, PORT: "", ...extra };
  return startProcess("worker", environment, signal, async ({ log }) => log().includes('"msg":"Oakum is up"'));
}

async function startProcess(
  command: string,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal | undefined,
  isReady: (started: OakumProcess) => Promise<boolean>,
): Promise<OakumProcess> {
  const child = spawnNode(MAIN, [command], { LOG_LEVEL: "info", ...environment }, signal);
  const started = {
    pid: child.pid ?? 0,
    log: logOf(child),
    gone: once(child, "exit"),
    stop: () => stopProcess(child),
    kill: () => killProcess(child),
  };
  try {
    await untilReady(child, () => isReady(started));
    return started;
  } catch (error) {
    await killProcess(child);
    throw new Error(`oakum ${command} did not start: ${started.log().slice(-4000)}`, { cause: error });
  }
}

function logOf({ stdout, stderr }: ChildProcess): () => string {
  let log = "";
  stdout?.resume();
  stderr?.on("data", (chunk: Buffer) => {
    log = `${log}${chunk.toString()}`.slice(-LONGEST_LOG);
  });
  return () => log;
}

async function answersReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/readyz`).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.ok === true;
}

async function untilReady(child: ChildProcess, isReady: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + START;
  while (Date.now() < deadline && !isGone(child)) {
    if (await isReady()) return;
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
