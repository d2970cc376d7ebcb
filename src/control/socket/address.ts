import { type FileHandle, open } from "node:fs/promises";
import { join, resolve } from "node:path";

/** Bytes that every system's `sun_path` has room for, and the zero behind them. */
const LONGEST = 103;
const NAME = "control.sock";

/** Where the socket of a folder is, under a name that is short enough for the system. */
export interface Address {
  readonly path: string;
  /** The name holds until it is released. */
  release(): Promise<void>;
}

/**
 * The socket of a store's folder. A path that is too long for a socket's address is reached through the open folder, which
 * only Linux gives a short name; `undefined` elsewhere.
 */
export async function addressOf(folder: string): Promise<Address | undefined> {
  const path = join(resolve(folder), NAME);
  if (Buffer.byteLength(path) <= LONGEST) return { path, release: async () => {} };
  if (process.platform !== "linux") return undefined;
  const handle: FileHandle = await open(folder, "r");
  return { path: `/proc/self/fd/${handle.fd}/${NAME}`, release: () => handle.close() };
}
