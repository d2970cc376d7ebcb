import type { GitStore } from "./store.ts";

export interface TreeItem {
  readonly mode: string;
  readonly name: string;
  readonly sha: string;
}

/** Where a path of a commit's tree leads; `sha: null` removes it. */
export interface TreeChange {
  readonly path: string;
  readonly mode: string;
  readonly sha: string | null;
}

const folderMode = "40000";

/** The items of one tree object. */
export async function readTree(
  store: GitStore,
  repository: number,
  sha: string,
): Promise<readonly TreeItem[] | undefined> {
  const object = await store.read(repository, sha);
  if (object?.type !== "tree") return undefined;
  const items: TreeItem[] = [];
  for (let at = 0; at < object.content.length; ) {
    const end = object.content.indexOf(0, at);
    const [mode = "", ...name] = object.content.toString("utf8", at, end).split(" ");
    items.push({ mode, name: name.join(" "), sha: object.content.toString("hex", end + 1, end + 21) });
    at = end + 21;
  }
  return items;
}

/** Writes the tree that `base` (`undefined`: an empty one) becomes by `changes`, and answers with its id. */
export async function writeTree(
  store: GitStore,
  repository: number,
  base: string | undefined,
  changes: readonly TreeChange[],
): Promise<string> {
  const items = new Map<string, TreeItem>();
  for (const item of base === undefined ? [] : ((await readTree(store, repository, base)) ?? []))
    items.set(item.name, item);
  for (const [name, inside] of Map.groupBy(changes, (change) => change.path.split("/", 1)[0] ?? "")) {
    const item = await changeItem(store, repository, items.get(name), name, inside);
    if (item === undefined) items.delete(name);
    else items.set(name, item);
  }
  return store.write(repository, "tree", encodeTree([...items.values()]));
}

async function changeItem(
  store: GitStore,
  repository: number,
  before: TreeItem | undefined,
  name: string,
  changes: readonly TreeChange[],
): Promise<TreeItem | undefined> {
  const whole = changes.findLast((change) => change.path === name);
  const inside = changes.filter((change) => change.path !== name);
  if (inside.length === 0) {
    if (whole === undefined || whole.sha === null) return undefined;
    return { mode: whole.mode.replace(/^0/, ""), name, sha: whole.sha };
  }
  const base = before?.mode === folderMode ? before.sha : undefined;
  const shorter = inside.map((change) => ({ ...change, path: change.path.slice(name.length + 1) }));
  const sha = await writeTree(store, repository, base, shorter);
  const left = await readTree(store, repository, sha);
  return left === undefined || left.length === 0 ? undefined : { mode: folderMode, name, sha };
}

function encodeTree(items: readonly TreeItem[]): Buffer {
  // Git sorts a folder as if its name ended with a slash.
  const key = (item: TreeItem) => Buffer.from(item.mode === folderMode ? `${item.name}/` : item.name);
  const sorted = items.toSorted((a, b) => Buffer.compare(key(a), key(b)));
  return Buffer.concat(
    sorted.flatMap((item) => [Buffer.from(`${item.mode} ${item.name}\0`), Buffer.from(item.sha, "hex")]),
  );
}

export interface ListedItem {
  readonly path: string;
  readonly mode: string;
  readonly type: "blob" | "tree" | "commit";
  readonly sha: string;
  readonly size: number | undefined;
}

/** The items of a tree, with sizes of blobs; those of its folders too when `recursive`. */
export async function listTree(
  store: GitStore,
  repository: number,
  sha: string,
  recursive: boolean,
): Promise<readonly ListedItem[]> {
  const { stdout } = await store.run(repository, ["ls-tree", ...(recursive ? ["-r", "-t"] : []), "-l", "-z", sha]);
  const lines = stdout.toString().split("\0").filter(Boolean);
  return lines.map((line) => {
    const [, mode = "", type = "", id = "", size = "", path = ""] =
      /^(\d+) (\w+) (\w+) +(\S+)\t(.*)$/s.exec(line) ?? [];
    return { path, mode, type: type as ListedItem["type"], sha: id, size: size === "-" ? undefined : Number(size) };
  });
}

/** What `path` names in a tree: the item, or the root itself for an empty path. */
export async function findInTree(
  store: GitStore,
  repository: number,
  root: string,
  path: string,
): Promise<TreeItem | undefined> {
  let item: TreeItem | undefined = { mode: folderMode, name: "", sha: root };
  for (const name of path.split("/").filter(Boolean)) {
    const items: readonly TreeItem[] | undefined = await readTree(store, repository, item.sha);
    item = items?.find((one) => one.name === name);
    if (item === undefined) return undefined;
  }
  return item;
}
