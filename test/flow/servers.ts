import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";

export type ServerKind = "github" | "registry" | "advisories";

/** What the process with the servers is asked to do; an answer names the server's address. */
export type Order =
  | { readonly start: ServerKind; readonly folder: string; readonly port: number }
  | { readonly close: string };

export type Answer = { readonly id: number; readonly url: string } | { readonly id: number; readonly error: string };

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

let servers: ChildProcess | undefined;
let orders = 0;
const waiting = new Map<number, PromiseWithResolvers<string>>();

/**
 * Starts a server of the sandbox on its folder, in the one process that runs them for all tests of this one: the database
 * makes this process large, and from a large one each `git` of the fake GitHub takes ten times as long to start.
 */
export async function startServer(start: ServerKind, folder: string, port = 0): Promise<RunningServer> {
  const url = await ask({ start, folder, port });
  return { url, close: async () => void (await ask({ close: url })) };
}

function ask(order: Order): Promise<string> {
  servers ??= startProcess();
  const id = ++orders;
  const answered = Promise.withResolvers<string>();
  waiting.set(id, answered);
  servers.send({ id, order });
  return answered.promise;
}

function startProcess(): ChildProcess {
  const child = fork(join(import.meta.dirname, "servers-process.ts"), { execArgv: [] });
  child.on("message", (answer: Answer) => {
    const answered = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ("url" in answer) answered?.resolve(answer.url);
    else answered?.reject(new Error(answer.error));
  });
  child.on("exit", (code) => {
    servers = undefined;
    for (const { reject } of waiting.values()) reject(new Error(`the process with the servers ended with ${code}`));
    waiting.clear();
  });
  // It ends with this process, and does not keep it from ending.
  child.unref();
  child.channel?.unref();
  return child;
}
