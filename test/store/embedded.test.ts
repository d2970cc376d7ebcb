import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import fs from "node:fs";
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PGlite } from "@electric-sql/pglite";
import { expect, onTestFinished, test, vi } from "vitest";
import { verifyChain } from "../../src/core/ledger.ts";
import { openStore } from "../../src/store/kysely/open.ts";
import type { OpenStore } from "../../src/store/store.ts";
import { BUDGETED, HOURLY, NOW, writeOnce } from "./hourly.ts";

async function newFolder(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), "oakum-store-"));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  return join(parent, "store");
}

async function open(folder: string): Promise<OpenStore> {
  const store = await openStore({ folder }, { log: { error: () => {} }, now: Date.now });
  onTestFinished(() => store.close());
  return store;
}

function append(store: OpenStore, n: number) {
  return store.ledger.append({ subject: "s", transition: "t", cause: String(n), data: {} }, n);
}

/** A process that works on the folder, and has committed `count` times. */
async function busyProcess(folder: string, count: number): Promise<ChildProcess> {
  const script = join(import.meta.dirname, "busy-process.ts");
  const child = spawn(process.execPath, [script, folder], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const enough = Promise.withResolvers<void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (Number(line) === count) enough.resolve();
  });
  await enough.promise;
  return child;
}

test("every commit is on the disk before it is acknowledged, in a folder that is ours alone", async () => {
  const folder = await newFolder();
  const store = await open(folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);

  const sync = vi.spyOn(fs, "fsyncSync");
  onTestFinished(() => sync.mockRestore());
  for (let n = 0; n < 20; n++) await append(store, n);
  expect(sync.mock.calls.length).toBeGreaterThanOrEqual(20);

  sync.mockClear();
  await store.transaction(async ({ fences }) => {
    for (let n = 0; n < 200; n++) await fences.take(`row ${n}`);
  });
  expect(sync.mock.calls.length).toBeGreaterThanOrEqual(1);
  expect(sync.mock.calls.length).toBeLessThan(100);
});

test("a store that was not finished is made anew, and what is there instead of one is left alone", async () => {
  const folder = await newFolder();
  await mkdir(join(folder, "pglite.new", "base"), { recursive: true });
  await mkdir(join(folder, "pglite"));
  await writeFile(join(folder, "pglite", "mine"), "");
  await expect(open(folder)).rejects.toMatchObject({
    code: "INPUT",
    message: expect.stringContaining("there is no database in"),
  });
  expect(await readdir(join(folder, "pglite"))).toEqual(["mine"]);

  await rm(join(folder, "pglite"), { recursive: true });
  await append(await open(folder), 1);
  expect((await readdir(folder)).filter((name) => name.startsWith("pglite"))).toEqual(["pglite"]);
  expect((await stat(join(folder, "pglite", "PG_VERSION"))).mode & 0o777).toBe(0o600);
});

test("a store that an older version made, in PGlite's own way, goes on as it is", async () => {
  const folder = await newFolder();
  await mkdir(folder);
  const older = await PGlite.create({ dataDir: join(folder, "pglite") });
  await older.close();
  await append(await open(folder), 1);
  expect((await readdir(folder)).filter((name) => name.startsWith("pglite"))).toEqual(["pglite"]);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
});

test("a second opening is refused, by name, until the first is closed", async () => {
  const folder = await newFolder();
  const store = await open(folder);
  await append(store, 1);
  const refusal = { code: "CONFLICT", message: expect.stringContaining(`another Oakum process (pid ${process.pid})`) };
  await expect(open(folder)).rejects.toMatchObject(refusal);
  await store.close();
  expect(await (await open(folder)).ledger.read(0, 10)).toHaveLength(1);
});

test("another process's kill -9 loses nothing that it was told, frees the folder, and gives its job to the next", async () => {
  const folder = await newFolder();
  const child = await busyProcess(folder, 25);
  const refusal = { code: "CONFLICT", message: expect.stringContaining(`(pid ${child.pid})`) };
  await expect(open(folder)).rejects.toMatchObject(refusal);
  child.kill("SIGKILL");
  await once(child, "exit");

  const store = await open(folder);
  const entries = await store.ledger.read(0, 10_000);
  expect(entries.length).toBeGreaterThanOrEqual(25);
  expect(verifyChain(entries).state).toBe("whole");
  const counts = await store.queue.counts();
  expect(counts).toContainEqual({ kind: "campaign", state: "waiting", count: entries.length });
  expect(counts).toContainEqual({ kind: "sweep", state: "due", count: 1 });

  // What it wrote to GitHub counts on; of the last one nobody heard.
  const used = entries.length + 1;
  const ask = (key: string, perHour: number) =>
    store.budgets.write(BUDGETED, writeOnce(key), { ...HOURLY, perHour }, NOW + 1);
  expect(await ask("one too many", entries.length)).toMatchObject({ state: "wait", until: NOW + 600_001 });
  expect(await ask("next", used + 1)).toMatchObject({ state: "go" });
});

test("a full disk is UNAVAILABLE and says so; what was written before stays, and all goes on when there is room", async () => {
  const folder = await newFolder();
  const store = await open(folder);
  for (let n = 0; n < 5; n++) await append(store, n);
  // Simulated: a file system that has no room for more, where the database asks for it to extend a table.
  const write = fs.writeSync.bind(fs);
  const full = vi.spyOn(fs, "writeSync").mockImplementation(((
    fd: number,
    ...rest: [Uint8Array, number, number, number]
  ) => {
    const path = fs.readlinkSync(`/proc/self/fd/${fd}`);
    const isTable = path.includes("/base/") && rest[3] >= fs.fstatSync(fd).size;
    if (isTable) throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC", errno: -28 });
    return write(fd, ...rest);
  }) as typeof fs.writeSync);
  const big = (n: number) =>
    store.ledger.append(
      { subject: "s", transition: "big", cause: String(n), data: { text: randomBytes(50_000).toString("base64") } },
      n,
    );
  const refused: unknown[] = [];
  for (let n = 0; n < 10; n++) await big(n).catch((error: unknown) => refused.push(error));
  full.mockRestore();
  expect(refused.length).toBeGreaterThan(0);
  for (const error of refused) {
    expect(error).toMatchObject({ code: "UNAVAILABLE", message: "the disk of the database is full" });
  }

  await append(store, 100);
  await store.close();
  const entries = await (await open(folder)).ledger.read(0, 100);
  expect(verifyChain(entries).state).toBe("whole");
  expect(entries).toHaveLength(5 + 10 - refused.length + 1);
});
