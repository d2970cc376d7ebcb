import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const CHROMIUM = "/usr/bin/chromium";
/** Whether there is one; in CI there must be. */
export const hasBrowser = Boolean(process.env.CI) || existsSync(CHROMIUM);

interface Reply {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly [key: string]: unknown };
  readonly result?: { readonly [key: string]: unknown };
  readonly error?: { readonly message: string };
}

/** One tab of a headless Chromium, spoken to by its DevTools protocol. */
export interface Tab {
  /** Goes to an address, and waits until it is loaded. */
  open(url: string): Promise<void>;
  /** What an expression, or the promise that it is, comes to in the page. */
  evaluate<T>(expression: string): Promise<T>;
  send(method: string, params?: object): Promise<Reply["result"]>;
  /** What the page has said on the console or had refused, since it was opened. */
  readonly said: string[];
}

export async function openBrowser(): Promise<{ readonly tab: Tab; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "oakum-browser-"));
  // What is not on this machine cannot be found, and a page that tries to load it says so.
  const away = "--host-resolver-rules=MAP *.example ~NOTFOUND";
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", away];
  const child = spawn(CHROMIUM, [...flags, `--user-data-dir=${folder}`, "about:blank"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const close = async () => {
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    return { tab: await connect(await addressOf(child)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function addressOf({ stderr }: ChildProcess): Promise<string> {
  let said = "";
  for await (const chunk of stderr ?? []) {
    said += String(chunk);
    const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
    if (found !== undefined) return found;
  }
  throw new Error(`Chromium did not start: ${said}`);
}

async function connect(address: string): Promise<Tab> {
  const socket = new WebSocket(address);
  await once(socket, "open");
  const waiting = new Map<number, (reply: Reply) => void>();
  const said: string[] = [];
  let loaded = Promise.withResolvers<void>();
  socket.addEventListener("message", ({ data }) => {
    const reply = JSON.parse(String(data)) as Reply;
    if (reply.id !== undefined) waiting.get(reply.id)?.(reply);
    else if (reply.method === "Page.loadEventFired") loaded.resolve();
    else if (reply.method === "Log.entryAdded" || reply.method === "Runtime.consoleAPICalled")
      said.push(JSON.stringify(reply.params));
  });
  let last = 0;
  let sessionId: string | undefined;
  const send = async (method: string, params: object = {}): Promise<Reply["result"]> => {
    last += 1;
    const { promise, resolve } = Promise.withResolvers<Reply>();
    waiting.set(last, resolve);
    socket.send(JSON.stringify({ id: last, method, params, ...(sessionId && { sessionId }) }));
    const { result, error } = await promise;
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  const target = await send("Target.createTarget", { url: "about:blank" });
  const attached = await send("Target.attachToTarget", { targetId: target?.targetId, flatten: true });
  sessionId = String(attached?.sessionId);
  for (const domain of ["Page", "Log", "Runtime"]) await send(`${domain}.enable`);
  return {
    said,
    send,
    async open(url) {
      said.length = 0;
      loaded = Promise.withResolvers();
      await send("Page.navigate", { url });
      await loaded.promise;
    },
    async evaluate<T>(expression: string) {
      const answer = await send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
      if (answer?.exceptionDetails !== undefined) throw new Error(JSON.stringify(answer.exceptionDetails));
      return (answer?.result as { readonly value: T } | undefined)?.value as T;
    },
  };
}
