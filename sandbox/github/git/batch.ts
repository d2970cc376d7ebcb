import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { gitEnvironment } from "./command.ts";

export interface GitObject {
  readonly type: "blob" | "tree" | "commit" | "tag";
  readonly content: Buffer;
}

/**
 * One `git cat-file --batch` process: objects by name, in the order asked. Measured 0.1 ms an object, where a process
 * for each costs 4 ms.
 */
export class CatFile {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting: { resolve: (object: GitObject | undefined) => void; reject: (error: Error) => void }[] = [];
  #unread: Buffer = Buffer.alloc(0);

  constructor(folder: string) {
    this.#process = spawn("git", ["-C", folder, "cat-file", "--batch"], { env: gitEnvironment });
    this.#process.stdout.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#process.stdin.on("error", () => undefined);
    this.#process.on("close", () => {
      for (const { reject } of this.#waiting.splice(0)) reject(new Error("git cat-file ended"));
    });
  }

  /** The object that `name` (an id) stands for; `undefined` when there is none. */
  read(name: string): Promise<GitObject | undefined> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#process.stdin.write(`${name}\n`);
    });
  }

  close(): void {
    this.#process.stdin.end();
  }

  #read(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    for (;;) {
      const end = this.#unread.indexOf("\n");
      if (end === -1) return;
      const [, type, size] = this.#unread.toString("latin1", 0, end).split(" ");
      if (size === undefined) {
        this.#unread = this.#unread.subarray(end + 1);
        this.#waiting.shift()?.resolve(undefined);
        continue;
      }
      const stop = end + 1 + Number(size);
      if (this.#unread.length < stop + 1) return;
      const content = Buffer.from(this.#unread.subarray(end + 1, stop));
      this.#unread = this.#unread.subarray(stop + 1);
      this.#waiting.shift()?.resolve({ type: type as GitObject["type"], content });
    }
  }
}
