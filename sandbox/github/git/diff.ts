import type { GitStore } from "./store.ts";

export interface FileDiff {
  readonly filename: string;
  readonly previous: string | undefined;
  readonly status: "added" | "removed" | "modified" | "renamed" | "changed";
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
  /** Hunks without the file header; `undefined` for binary files. */
  readonly patch: string | undefined;
}

const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const statuses: Readonly<Record<string, FileDiff["status"]>> = { A: "added", D: "removed", R: "renamed", T: "changed" };

/** What changed from `base` (`undefined`: nothing) to `head`, by path. */
export async function diffFiles(
  store: GitStore,
  repository: number,
  base: string | undefined,
  head: string,
): Promise<readonly FileDiff[]> {
  const range = ["-M", "-r", base ?? emptyTree, head];
  const raw = await store.run(repository, ["diff-tree", "--raw", "--abbrev=40", "-z", ...range]);
  if (raw.stdout.length === 0) return [];
  const patches = splitPatches((await store.run(repository, ["diff-tree", "-p", ...range])).stdout.toString());
  return parseRaw(raw.stdout.toString()).map((file, index) => {
    const patch = patches[index];
    const lines = patch?.split("\n") ?? [];
    const count = (sign: string) => lines.filter((line) => line.startsWith(sign)).length;
    return { ...file, additions: count("+"), deletions: count("-"), patch };
  });
}

/** The unified diff itself, as `Accept: application/vnd.github.diff` answers. */
export async function diffText(
  store: GitStore,
  repository: number,
  base: string | undefined,
  head: string,
): Promise<string> {
  const { stdout } = await store.run(repository, ["diff-tree", "-p", "-M", "-r", base ?? emptyTree, head]);
  return stdout.toString();
}

function parseRaw(text: string): Pick<FileDiff, "filename" | "previous" | "status" | "sha">[] {
  const fields = text.split("\0");
  const files: Pick<FileDiff, "filename" | "previous" | "status" | "sha">[] = [];
  for (let at = 0; at + 1 < fields.length; ) {
    const [, , before = "", after = "", letter = ""] = (fields[at++] ?? "").split(" ");
    const status = statuses[letter.slice(0, 1)] ?? "modified";
    const previous = status === "renamed" ? fields[at++] : undefined;
    files.push({ filename: fields[at++] ?? "", previous, status, sha: status === "removed" ? before : after });
  }
  return files;
}

/** The hunks of each file of a unified diff, in its order. */
function splitPatches(text: string): (string | undefined)[] {
  return text
    .split(/^(?=diff --git )/m)
    .filter((part) => part.startsWith("diff --git "))
    .map((part) => {
      const start = part.search(/^@@ /m);
      return start === -1 ? undefined : part.slice(start).replace(/\n$/, "");
    });
}

/** The paths that a commit touched, as a push names them. */
export async function changedPaths(
  store: GitStore,
  repository: number,
  base: string | undefined,
  head: string,
): Promise<{ readonly added: string[]; readonly removed: string[]; readonly modified: string[] }> {
  const { stdout } = await store.run(repository, [
    "diff-tree",
    "--raw",
    "--abbrev=40",
    "-z",
    "-r",
    base ?? emptyTree,
    head,
  ]);
  const files = parseRaw(stdout.toString());
  const of = (...wanted: readonly FileDiff["status"][]) =>
    files.filter((file) => wanted.includes(file.status)).map((file) => file.filename);
  return { added: of("added"), removed: of("removed"), modified: of("modified", "changed") };
}
