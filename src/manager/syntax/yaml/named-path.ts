import { matchesGlob } from "../../../core/text/glob.ts";
import type { FileSet } from "../../../core/use/use.ts";

const LONGEST = 256;
/** So many parts of a path may be unknown, of so many paths. */
const MOST_UNKNOWN = 3;
const MOST_UNKNOWN_PATHS = 32;
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

/**
 * Says which of these files a path names; what is filled in later may be anything. Only so many such paths are looked for:
 * each is compared with all files.
 */
export function fileFinder(files: FileSet): (path: string) => readonly string[] {
  let left = MOST_UNKNOWN_PATHS;
  return (path) => {
    if (!UNKNOWN.test(path)) return files.has(path) ? [path] : [];
    const pattern = path.replace(new RegExp(UNKNOWN, "g"), "*");
    if (path.length > LONGEST || pattern.split("*").length - 1 > MOST_UNKNOWN || left === 0) return [];
    left -= 1;
    const known = pattern.slice(0, pattern.indexOf("*"));
    return [...files.keys()].filter(
      (one) => one.length <= LONGEST && one.startsWith(known) && matchesGlob(pattern, one),
    );
  };
}
