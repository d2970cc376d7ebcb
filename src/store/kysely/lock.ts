import { createHash } from "node:crypto";
import { readFile, realpath, rm, writeFile } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { AppError } from "../../core/errors.ts";

/** Frees the folder for another process. */
type Unlock = () => Promise<void>;

/**
 * Makes this the one process that uses the folder, until it unlocks or dies. CONFLICT names the one that does already.
 * On Linux it is a socket in the abstract namespace, which the kernel frees even after kill -9; processes in different
 * network namespaces (two containers on one volume) do not see each other's.
 */
export async function lockFolder(folder: string): Promise<Unlock> {
  const path = await realpath(folder);
  return process.platform === "linux" ? lockBySocket(path) : lockByFile(path);
}

async function lockBySocket(path: string): Promise<Unlock> {
  const address = `\0oakum-${createHash("sha256").update(path).digest("hex")}`;
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.end(String(process.pid));
  });
  try {
    await listen(server, address);
  } catch (error) {
    if (!hasCode(error, "EADDRINUSE")) throw error;
    throw inUse(path, await holder(address), error);
  }
  server.unref();
  return () => new Promise((resolve) => server.close(() => resolve()));
}

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, () => resolve());
  });
}

/** The process id that the holder of the lock tells whoever asks. */
async function holder(address: string): Promise<string> {
  const socket = connect(address);
  socket.setTimeout(1_000, () => socket.destroy());
  const answer = await text(socket).catch(() => "");
  return /^\d{1,10}$/.test(answer) ? answer : "unknown";
}

async function lockByFile(path: string): Promise<Unlock> {
  const file = join(path, "oakum.pid");
  for (let tries = 0; tries < 2; tries++) {
    try {
      await writeFile(file, String(process.pid), { flag: "wx", mode: 0o600 });
      return () => rm(file, { force: true });
    } catch (error) {
      if (!hasCode(error, "EEXIST")) throw error;
      const pid = Number(await readFile(file, "utf8"));
      if (isAlive(pid)) throw inUse(path, String(pid), error);
      await rm(file, { force: true });
    }
  }
  throw inUse(path, "unknown", undefined);
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, "EPERM");
  }
}

function inUse(path: string, pid: string, cause: unknown): AppError {
  return new AppError("CONFLICT", `another Oakum process (pid ${pid}) uses the folder ${path}`, { cause });
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
