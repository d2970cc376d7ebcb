import type { FileSet } from "../../core/use/use.ts";

const ROLE_FILE = /(?:^|\/)(?:defaults|vars)\/main(?:\/[^/]+)?\.ya?ml$/;
const INVENTORY_FILE = /(?:^|\/)(?:group_vars|host_vars)\/[^/]+(?:\/[^/]+)?\.ya?ml$/;
/** A role's tasks, and what stands before them: its folder. */
const ROLE = /^(?<role>(?:.*\/)?)(?:tasks|handlers)\//;
const LINE = /^["']?([A-Za-z_]\w*)["']?[ \t]*:(?=[ \t]).*$/gm;
/** UTF-16 units of one file. */
const LARGEST = 256 * 1024;

/** Whether a file is one that Ansible takes variables from of its own accord, by its name. */
export function isVariables(path: string): boolean {
  return ROLE_FILE.test(path) || INVENTORY_FILE.test(path);
}

/** A line at the top of a file of variables. Half open. */
export interface Line {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

/** Which lines set a variable; `undefined` of files that are too large to tell. Of more than two, two: they are too many already. */
type Lines = Map<string, Line[]> | undefined;

/** By what they are files of: a role's folder, which is empty or ends with a slash, or the inventory. */
type Scopes = ReadonlyMap<string, Lines>;
const INVENTORY = "inventory";

/** Each set of files is looked through once, for all files that ask. */
const known = new WeakMap<FileSet, Scopes>();

/**
 * The lines that set a variable for a file with tasks: those of the inventory, and of the role that the file is a part of. `undefined`
 * where nobody can tell.
 */
export function linesOf(files: FileSet, path: string, name: string): readonly Line[] | undefined {
  const scopes = known.get(files) ?? scopesOf(files);
  known.set(files, scopes);
  const found: Line[] = [];
  for (const scope of [INVENTORY, ROLE.exec(path)?.groups?.role]) {
    if (scope === undefined || !scopes.has(scope)) continue;
    const lines = scopes.get(scope);
    if (lines === undefined) return undefined;
    found.push(...(lines.get(name) ?? []));
  }
  return found;
}

function scopesOf(files: FileSet): Scopes {
  const scopes = new Map<string, Lines>();
  for (const [path, text] of files) {
    if (!isVariables(path)) continue;
    const scope = INVENTORY_FILE.test(path) ? INVENTORY : path.slice(0, folderLength(path));
    const lines: Lines = scopes.has(scope) ? scopes.get(scope) : new Map();
    scopes.set(scope, text.length > LARGEST ? undefined : lines && withLines(lines, path, text));
  }
  return scopes;
}

/** How much of a path comes before `defaults/main.yml`, or what else it is of a role. */
function folderLength(path: string): number {
  const at = path.search(ROLE_FILE);
  return path[at] === "/" ? at + 1 : at;
}

function withLines(lines: Map<string, Line[]>, path: string, text: string): Map<string, Line[]> {
  for (const { 0: written, 1: name = "", index: start } of text.matchAll(LINE)) {
    const found = lines.get(name) ?? [];
    if (found.length < 2) found.push({ path, start, end: start + written.length });
    lines.set(name, found);
  }
  return lines;
}
