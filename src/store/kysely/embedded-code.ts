import { readFile } from "node:fs/promises";
import type { PGliteOptions } from "@electric-sql/pglite";

// Node's types leave it out.
declare const WebAssembly: { compile(bytes: Uint8Array): Promise<object> };

/** How PGlite runs PostgreSQL's code. */
export type Code = Required<Pick<PGliteOptions, "pgliteWasmModule" | "initialMemory">>;

/** Bytes of memory to start with. More is taken as it is needed. */
const ENOUGH = 32 * 1024 * 1024;
/**
 * The memory that the code imports: its name, and that it has from 2048 pages of 64 KiB, in LEB128.
 * https://webassembly.github.io/spec/core/binary/modules.html#import-section
 */
const IMPORT = Buffer.from([6, ...Buffer.from("memory"), 2, 1, 0x80, 0x10]);
/** The last byte of 512 pages. */
const FEWER = 0x04;

/**
 * PostgreSQL's code, compiled, to be started in a quarter of the memory that it asks for. It touches little of that, but
 * whoever creates a database keeps a copy of all of it, and writes over all of it.
 */
export async function readCode(): Promise<Code> {
  const bytes = await readFile(new URL("pglite.wasm", import.meta.resolve("@electric-sql/pglite")));
  const at = bytes.indexOf(IMPORT);
  if (at < 0) throw new Error("PGlite's code no longer asks for the memory that it asked for");
  bytes[at + IMPORT.length - 1] = FEWER;
  return { pgliteWasmModule: await WebAssembly.compile(bytes), initialMemory: ENOUGH };
}
