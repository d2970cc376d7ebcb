import type { FileSet } from "../../core/use/use.ts";

const LONGEST = 512;
/** So many parts of a name may be unknown. */
const MOST_UNKNOWN = 3;
/** What a template or a shell fills in: `{{ … }}`, `${{ … }}`, `${…}`, `$NAME`. */
const UNKNOWN = /\$?\{\{[^{}]*\}\}|\$\{[^{}]*\}|\$\w+/;

/**
 * A path from the root, as a file in `folder` names it; `undefined` for one outside of the repository. What starts with a
 * slash, or with Argo CD's `$reference/`, counts from the root.
 */
export function joinPath(folder: string, name: string): string | undefined {
  if (/^[a-z]+:\/\//i.test(name)) return undefined;
  const own = name.replace(/^\$\w+\//, "/");
  const path: string[] = [];
  for (const part of `${own.startsWith("/") ? "" : folder}/${own}`.split("/")) {
    if (part === "..") {
      if (path.pop() === undefined) return undefined;
    } else if (part !== "." && part !== "") path.push(part);
  }
  return path.join("/");
}

/** The folder that a path is in; empty at the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf("/"), 0));
}

/** The files that a path names; what is filled in later may be anything. */
export function filesNamed(files: FileSet, path: string): readonly string[] {
  if (!UNKNOWN.test(path)) return files.has(path) ? [path] : [];
  const known = path.split(new RegExp(UNKNOWN, "g"));
  if (path.length > LONGEST || known.length - 1 > MOST_UNKNOWN) return [];
  const pattern = new RegExp(`^${known.map(literally).join(".+?")}$`);
  return [...files.keys()].filter((one) => one.length <= LONGEST && pattern.test(one));
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
