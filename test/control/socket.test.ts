import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Control, RequestName } from "../../src/control/control.ts";
import { reachStore } from "../../src/control/socket/connect.ts";
import { listenForControl } from "../../src/control/socket/listen.ts";
import { AppError } from "../../src/core/errors.ts";
import { answerRequest, type Desk } from "../../src/flow/requests.ts";
import { asNobody } from "../cli/checkout.ts";
import { freshStore } from "../store/database.ts";

const log = { warn: () => {}, error: () => {} };

async function newFolder(...below: readonly string[]): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), "oakum-control-"));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  const folder = join(parent, ...below, "store");
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o700);
  return folder;
}

/** A process's side of the socket, with a ledger of three entries behind it. */
async function listen(folder: string) {
  const store = await freshStore();
  for (let n = 1; n <= 3; n++) {
    await store.ledger.append({ subject: "s", transition: "t", cause: String(n), data: {} }, n);
  }
  const desk: Desk = { store, limitsAt: () => undefined, now: () => 0 };
  const answer = (name: string, input: unknown) => answerRequest(desk, name as RequestName, input);
  const listening = await listenForControl({ folder, answer, log });
  const stop = async () => {
    await listening.close();
    await store.close();
  };
  return { stop };
}

const notHere = () => Promise.reject(new Error("opened, though another process has it"));

async function sequences(control: Control) {
  return (await control.ask("ledger", { after: 1, limit: 5 })).map(({ sequence }) => sequence);
}

test("a command is answered through the socket, which only its user may open and which goes with the process", async () => {
  const folder = await newFolder();
  const { stop } = await listen(folder);
  const socket = join(folder, "control.sock");
  expect((await stat(socket)).mode & 0o777).toBe(0o600);
  const control = await reachStore(folder, notHere);
  expect(await sequences(control)).toEqual([2, 3]);
  await stop();
  await expect(sequences(control)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(stat(socket)).rejects.toMatchObject({ code: "ENOENT" });
  await expect(reachStore(folder, notHere)).rejects.toThrow("opened, though");
});

test("the path of a folder may be longer than a socket's address", async () => {
  const folder = await newFolder("a".repeat(100), "b".repeat(100));
  const { stop } = await listen(folder);
  onTestFinished(stop);
  const control = await reachStore(folder, notHere);
  onTestFinished(() => control.close());
  expect(await sequences(control)).toEqual([2, 3]);
});

test("what a killed process left there is replaced, and answers nobody", async () => {
  const folder = await newFolder();
  const path = join(folder, "control.sock");
  const program = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => console.log("up"))`;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect((await stat(path)).isSocket()).toBe(true);
  await expect(reachStore(folder, notHere)).rejects.toThrow("opened, though");

  const { stop } = await listen(folder);
  onTestFinished(stop);
  expect(await sequences(await reachStore(folder, notHere))).toEqual([2, 3]);
});

test("a store that is taken by another command is waited for", async () => {
  const folder = await newFolder();
  let tries = 0;
  const open = async (): Promise<Control> => {
    tries += 1;
    if (tries < 3) throw new AppError("CONFLICT", "another process uses the folder");
    return { ask: () => Promise.reject(new Error("not asked")), close: async () => {} };
  };
  await reachStore(folder, open);
  expect(tries).toBe(3);
});

test("another user's folder is believed by nobody, whatever listens there", async () => {
  const folder = await newFolder();
  if (process.geteuid?.() === 0) await chown(folder, 12_345, 12_345);
  await chmod(join(folder, ".."), 0o755);
  // Only root can give a folder away; anyone else has a folder of root's to ask.
  const foreign = process.geteuid?.() === 0 ? folder : "/";
  await expect(asNobody(() => reachStore(foreign, notHere))).rejects.toMatchObject({
    code: "DENIED",
    message: expect.stringContaining("belongs to another user"),
  });
});

test("requests are bounded, named, and shaped; a bug is not told", async () => {
  const folder = await newFolder();
  const store = await freshStore();
  onTestFinished(() => store.close());
  const desk = { store, limitsAt: () => undefined, now: () => 0 };
  const answer = async (name: string, input: unknown) => {
    if (name === "broken") throw new Error("the secret of the house");
    return answerRequest(desk, name as RequestName, input);
  };
  const listening = await listenForControl({ folder, answer, log });
  onTestFinished(() => listening.close());
  const post = (name: string, body: string) => send(join(folder, "control.sock"), `/${name}`, body);
  expect(await post("constructor", "{}")).toMatchObject({
    status: 400,
    text: expect.stringContaining("does not know"),
  });
  expect(await post("ledger", "{")).toMatchObject({ status: 400, text: expect.stringContaining("must be JSON") });
  expect(await post("ledger", '{"after":-1,"limit":1}')).toMatchObject({ status: 400 });
  expect(await post("ledger", '{"after":0,"limit":1,"x":1}')).toMatchObject({ status: 400 });
  expect(await post("ledger", " ".repeat(70_000))).toMatchObject({ status: 413 });
  expect(await post("broken", "{}")).toEqual({ status: 500, text: '{"error":"internal error"}' });
});

async function send(socketPath: string, path: string, body: string) {
  const sent = request({ socketPath, method: "POST", path, agent: false }).end(body);
  const [response] = await once(sent, "response");
  return { status: response.statusCode, text: Buffer.concat(await response.toArray()).toString() };
}
