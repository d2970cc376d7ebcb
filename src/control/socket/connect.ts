import { once } from "node:events";
import { stat } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError, type ErrorCode, isAppError } from "../../core/errors.ts";
import type { Control, RequestName } from "../control.ts";
import { type Address, addressOf } from "./address.ts";

/** Milliseconds that a request may take. */
const PATIENCE = 60_000;
const LARGEST_ANSWER = 64 * 1024 * 1024;
/** How often, and how far apart in milliseconds, a store that is taken is tried again. */
const TRIES = 40;
const BETWEEN = 250;

/**
 * The way to the store in a folder: through the process that has it open, or else by `open`. One that has the store and
 * does not answer is starting, stopping, or another command: it is waited for. Throws DENIED for another user's folder, and CONFLICT when
 * it stays taken.
 */
export async function reachStore(folder: string, open: () => Promise<Control>): Promise<Control> {
  await assertOwn(folder);
  for (let tries = 1; ; tries += 1) {
    const running = await connect(folder);
    if (running !== undefined) return running;
    try {
      return await open();
    } catch (error) {
      if (!isAppError(error, "CONFLICT") || tries === TRIES) throw error;
    }
    await sleep(BETWEEN);
  }
}

/** What another user laid there could tell us anything. */
async function assertOwn(folder: string): Promise<void> {
  const user = process.geteuid?.();
  const { uid } = await stat(folder).catch((error) => {
    throw new AppError("DENIED", `the store at ${folder} cannot be looked at`, { cause: error });
  });
  if (user === undefined || user === 0 || user === uid) return;
  throw new AppError("DENIED", `the store at ${folder} belongs to another user (uid ${uid})`);
}

/** `undefined` when nobody listens there. */
async function connect(folder: string): Promise<Control | undefined> {
  const address = await addressOf(folder);
  if (address === undefined) return undefined;
  try {
    await exchange(address, "GET", "/");
  } catch (error) {
    await address.release();
    if (isAppError(error, "UNAVAILABLE")) return undefined;
    throw error;
  }
  const ask = async (name: RequestName, input: unknown) => {
    const { answer } = (await exchange(address, "POST", `/${name}`, input)) as { readonly answer: never };
    return answer;
  };
  return { ask, close: () => address.release() };
}

/** The JSON of an answer. Its sender is this user's own process, so its shape is not checked. */
async function exchange(address: Address, method: string, path: string, input?: unknown): Promise<unknown> {
  const { status, text } = await send(address, method, path, input);
  const body = JSON.parse(text);
  if (status === 200) return body;
  const { error } = body as { readonly error?: { readonly code?: ErrorCode; readonly message?: string } };
  if (error?.code === undefined) throw new Error("the Oakum that has the store open failed: its log says why");
  throw new AppError(error.code, error.message ?? "");
}

async function send({ path: socketPath }: Address, method: string, path: string, input: unknown) {
  try {
    const sent = request({ socketPath, method, path, agent: false, timeout: PATIENCE });
    sent.on("timeout", () => sent.destroy(new Error("no answer in time")));
    sent.end(input === undefined ? undefined : JSON.stringify(input));
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    return { status: response.statusCode ?? 0, text: await textOf(response) };
  } catch (error) {
    throw new AppError("UNAVAILABLE", "the Oakum that has the store open does not answer", { cause: error });
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    length += chunk.length;
    if (length > LARGEST_ANSWER) throw new Error("the answer is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
