import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A part of the world that runs as a process of its own, so that either side can be killed. */
export interface Part {
  /** Asks the process to end, and waits until it is gone. */
  stop(): Promise<void>;
  /** Ends the process as `kill -9` does, and waits until it is gone. */
  kill(): Promise<void>;
}

const LEASH = new URL("./leash.ts", import.meta.url).href;
/** Where Node keeps what it compiled, so that the next start of the same files takes half as long. */
const COMPILED = fileURLToPath(new URL("../node_modules/.cache/oakum/compiled", import.meta.url));
/** Milliseconds in which a process ends by itself when it is asked to. */
const PATIENCE = 3_000;
const LONGEST_COMPLAINT = 4_000;

/**
 * Starts a TypeScript file in a process that sees nothing of our environment but `env` and the PATH, and ends with us, or
 * when `signal` is aborted.
 */
export function spawnNode(
  main: string,
  options: readonly string[],
  env: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): ChildProcess {
  // As bin/oakum has them, and the image.
  const memory = ["--max-semi-space-size=4", "--heap-growing-percent=30"];
  const flags = ["--disable-warning=ExperimentalWarning", ...memory, "--import", LEASH];
  const child = spawn(process.execPath, [...flags, main, ...options], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: COMPILED, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const end = () => child.kill();
  if (signal?.aborted === true) end();
  signal?.addEventListener("abort", end, { once: true });
  return child;
}

/**
 * Starts `sandbox/<name>/main.ts` and waits for its one line of JSON, `{"ready":true,…}`. Throws, with what the process
 * said on stderr, when it ends first.
 */
export async function startPart(name: string, options: readonly string[], signal?: AbortSignal): Promise<Part> {
  const child = spawnNode(fileURLToPath(new URL(`./${name}/main.ts`, import.meta.url)), options, {}, signal);
  await untilReady(name, child);
  return { stop: () => stopProcess(child), kill: () => killProcess(child) };
}

/** Asks a process to end, makes it end if it does not, and waits until it is gone. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (isGone(child)) return;
  const gone = once(child, "exit");
  const force = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  child.kill("SIGTERM");
  await gone;
  clearTimeout(force);
}

export async function killProcess(child: ChildProcess): Promise<void> {
  if (isGone(child)) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

export function isGone({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function untilReady(name: string, child: ChildProcess): Promise<void> {
  let complaints = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    complaints = `${complaints}${chunk.toString()}`.slice(-LONGEST_COMPLAINT);
  });
  if (child.stdout === null) throw new Error(`sandbox ${name} has no stdout`);
  const lines = createInterface({ input: child.stdout });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  lines.on("line", (line) => isReady(line) && resolve());
  child.once("error", reject);
  // Not "exit": what it complained of may still be on its way.
  child.once("close", (code) => reject(new Error(`sandbox ${name} ended with ${code}: ${complaints}`)));
  return promise;
}

function isReady(line: string): boolean {
  if (!line.startsWith("{")) return false;
  const answer: unknown = JSON.parse(line);
  return typeof answer === "object" && answer !== null && "ready" in answer && answer.ready === true;
}
