import { createHash, randomUUID } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { deflateSync } from "node:zlib";
import { CatFile, type GitObject } from "./batch.ts";
import { type GitResult, git } from "./command.ts";

const openProcesses = 16;
const keptObjects = 5000;
const keptResults = 1000;
const keptSize = 64 * 1024;

/** Bare git repositories in a folder, by repository id. Objects are immutable, so what was read once is kept. */
export class GitStore {
  readonly #folder: string;
  readonly #processes = new Map<number, CatFile>();
  readonly #objects = new Map<string, GitObject>();
  readonly #results = new Map<string, Promise<GitResult>>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(folder: string): Promise<GitStore> {
    mkdirSync(folder, { recursive: true });
    const template = join(folder, "template.git");
    if (!existsSync(template)) {
      await git(folder, ["init", "--quiet", "--bare", "--template=", "--initial-branch=main", "template.new"]);
      renameSync(join(folder, "template.new"), template);
    }
    return new GitStore(folder);
  }

  /** The bare repository's folder, for a CI runner to clone from. */
  path(repository: number): string {
    return join(this.#folder, `${repository}.git`);
  }

  create(repository: number): void {
    cpSync(join(this.#folder, "template.git"), this.path(repository), { recursive: true });
  }

  /**
   * Runs git in a repository, for what has no faster way (merges, diffs, history). Every argument must name objects by
   * id: the answer then holds for ever, and is kept.
   */
  run(repository: number, parameters: readonly string[], allowed?: readonly number[]): Promise<GitResult> {
    const key = `${repository}\0${parameters.join("\0")}`;
    const known = this.#results.get(key);
    if (known !== undefined) return known;
    const running = git(this.path(repository), parameters, allowed);
    keep(this.#results, key, running, keptResults);
    running.catch(() => this.#results.delete(key));
    return running;
  }

  /** An object by its full id; `undefined` when the repository has none. */
  async read(repository: number, sha: string): Promise<GitObject | undefined> {
    const key = `${repository}:${sha}`;
    const known = this.#objects.get(key);
    if (known !== undefined) return known;
    if (!/^[0-9a-f]{40}$/.test(sha)) return undefined;
    const found = await this.#process(repository).read(sha);
    if (found !== undefined && found.content.length <= keptSize) keep(this.#objects, key, found, keptObjects);
    return found;
  }

  /** Writes a loose object, as `git hash-object -w` would, and answers with its id. */
  write(repository: number, type: GitObject["type"], content: Uint8Array): string {
    const bytes = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]);
    const sha = createHash("sha1").update(bytes).digest("hex");
    const path = join(this.path(repository), "objects", sha.slice(0, 2), sha.slice(2));
    if (!existsSync(path)) replaceFile(path, deflateSync(bytes, { level: 1 }));
    return sha;
  }

  /** Makes a reference of the repository on disk point at `sha` (`undefined`: removes it). */
  setRef(repository: number, name: string, sha: string | undefined): void {
    const path = join(this.path(repository), name);
    if (sha === undefined) {
      rmSync(path, { force: true });
      removeEmptyFolders(dirname(path), join(this.path(repository), "refs"));
    } else replaceFile(path, `${sha}\n`);
  }

  /** Makes the references of the repository on disk exactly these. */
  replaceRefs(repository: number, refs: ReadonlyMap<string, string>): void {
    for (const [name, sha] of refs) this.setRef(repository, name, sha);
    const root = join(this.path(repository), "refs");
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      const name = `refs/${relative(root, join(entry.parentPath, entry.name))}`;
      if (entry.isFile() && !refs.has(name)) this.setRef(repository, name, undefined);
    }
  }

  close(): void {
    for (const process of this.#processes.values()) process.close();
    this.#processes.clear();
  }

  #process(repository: number): CatFile {
    const open = this.#processes.get(repository) ?? new CatFile(this.path(repository));
    this.#processes.delete(repository);
    this.#processes.set(repository, open);
    for (const [oldest, process] of this.#processes) {
      if (this.#processes.size <= openProcesses) break;
      process.close();
      this.#processes.delete(oldest);
    }
    return open;
  }
}

/** Remembers a value, and forgets the oldest ones above `most`. */
function keep<V>(cache: Map<string, V>, key: string, value: V, most: number): void {
  cache.set(key, value);
  for (const oldest of cache.keys()) {
    if (cache.size <= most) return;
    cache.delete(oldest);
  }
}

/** A folder that is left in the way would forbid a branch of its name. */
function removeEmptyFolders(folder: string, root: string): void {
  const inside = relative(root, folder).split("/").length;
  if (inside < 2 || !existsSync(folder) || readdirSync(folder).length > 0) return;
  rmdirSync(folder);
  removeEmptyFolders(dirname(folder), root);
}

/** A whole file or none, also when the process is killed in between. */
export function replaceFile(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = join(dirname(path), `.${randomUUID()}`);
  writeFileSync(unfinished, content);
  renameSync(unfinished, path);
}
