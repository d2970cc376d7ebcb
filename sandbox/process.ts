import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A part of the world that runs as a process of its own, so that either side can be killed. */
export interface Part {
  readonly url: string;
  readonly pid: number;
  /** Ends the process and waits until it is gone. */
  stop(): Promise<void>;
}

/**
 * Starts `sandbox/<name>/main.ts` and waits for its one line of JSON, `{"ready":true,"url":…}`. Throws, with what the
 * process said on stderr, when it ends first.
 */
export async function startPart(name: string, options: readonly string[]): Promise<Part> {
  const main = fileURLToPath(new URL(`./${name}/main.ts`, import.meta.url));
  const child = spawn(process.execPath, [main, ...options], { stdio: ["ignore", "pipe", "pipe"] });
  const url = await readyUrl(name, child);
  return { url, pid: child.pid ?? 0, stop: () => stopProcess(child) };
}

/** Asks a process to end, makes it end after three seconds, and waits until it is gone. */
export async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const force = setTimeout(() => child.kill("SIGKILL"), 3000);
  child.kill("SIGTERM");
  await gone;
  clearTimeout(force);
}

async function readyUrl(name: string, child: ChildProcess): Promise<string> {
  let complaints = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    complaints = `${complaints}${chunk.toString()}`.slice(-4000);
  });
  if (child.stdout === null) throw new Error(`sandbox ${name} has no stdout`);
  const lines = createInterface({ input: child.stdout });
  const ended = new Promise<never>((_, reject) => {
    child.once("exit", (code) => reject(new Error(`sandbox ${name} ended with ${code}: ${complaints}`)));
  });
  ended.catch(() => {});
  const ready = new Promise<string>((resolve) => {
    lines.on("line", (line) => {
      const answer = parseReady(line);
      if (answer !== undefined) resolve(answer);
    });
  });
  return Promise.race([ready, ended]);
}

function parseReady(line: string): string | undefined {
  if (!line.startsWith("{")) return undefined;
  const answer: unknown = JSON.parse(line);
  const isReady = typeof answer === "object" && answer !== null && "ready" in answer && "url" in answer;
  return isReady && typeof answer.url === "string" ? answer.url : undefined;
}
