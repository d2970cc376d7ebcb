import { createLru } from "../../core/lru.ts";
import { type Repository, repositoryKey, type Sha } from "../../core/repository.ts";
import type { PullFile } from "../pulls.ts";
import { type Client, named } from "./client.ts";

/** Pages of 100; what a pull request changes beyond is not looked at. */
const MOST_PAGES = 3;
/** What is remembered: so many pulls, and so many characters of their patches. */
const MOST = { entries: 5_000, cost: 16 * 1024 * 1024 };

/** What a pull changes, remembered for as long as its head stands. */
export function pullFiles(
  client: Client,
): (repository: Repository, number: number, head: Sha) => Promise<readonly PullFile[]> {
  const kept = createLru<string, readonly PullFile[]>(MOST);
  return async (repository, number, head) => {
    const key = `${repositoryKey(repository)}#${number} ${head}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const files = await readFiles(client, repository, number);
    kept.set(
      key,
      files,
      files.reduce((sum, { path, patch = "" }) => sum + path.length + patch.length, key.length),
    );
    return files;
  };
}

async function readFiles(client: Client, repository: Repository, number: number): Promise<readonly PullFile[]> {
  const { pulls } = client.on(repository, "readPulls").rest;
  const files: PullFile[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const { data } = await pulls.listFiles({ ...named(repository), pull_number: number, per_page: 100, page });
    for (const { filename, previous_filename, status, patch, sha } of data) {
      files.push({
        path: filename,
        ...(previous_filename !== undefined && { previous: previous_filename }),
        removed: status === "removed",
        ...(patch !== undefined && { patch }),
        sha: sha ?? "",
      });
    }
    if (data.length < 100) break;
  }
  return files;
}
