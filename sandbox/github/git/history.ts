import type { GitStore } from "./store.ts";

/** Commits reachable from `head` and not from `without`, newest first. */
export async function listCommits(
  store: GitStore,
  repository: number,
  head: string,
  options: { without?: string; path?: string; limit?: number } = {},
): Promise<readonly string[]> {
  const { stdout } = await store.run(repository, [
    "rev-list",
    ...(options.limit === undefined ? [] : [`--max-count=${options.limit}`]),
    head,
    ...(options.without === undefined ? [] : [`^${options.without}`]),
    "--",
    ...(options.path === undefined ? [] : [options.path]),
  ]);
  return stdout.toString().split("\n").filter(Boolean);
}

/** The best common ancestor; `undefined` for histories that share none. */
export async function mergeBase(
  store: GitStore,
  repository: number,
  a: string,
  b: string,
): Promise<string | undefined> {
  const { code, stdout } = await store.run(repository, ["merge-base", a, b], [0, 1]);
  return code === 0 ? stdout.toString().trim() : undefined;
}

/** Whether `ancestor` is `head`, or one of those before it. */
export async function isAncestor(
  store: GitStore,
  repository: number,
  ancestor: string,
  head: string,
): Promise<boolean> {
  if (ancestor === head) return true;
  return (await store.run(repository, ["merge-base", "--is-ancestor", ancestor, head], [0, 1])).code === 0;
}

/** The tree of a three-way merge; `undefined` when it conflicts. */
export async function mergeTrees(
  store: GitStore,
  repository: number,
  base: string,
  head: string,
): Promise<string | undefined> {
  const { code, stdout } = await store.run(repository, ["merge-tree", "--write-tree", base, head], [0, 1]);
  return code === 0 ? stdout.toString().trim() : undefined;
}
