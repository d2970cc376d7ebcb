import type { FileSet } from "../../core/use/use.ts";
import { folderOf } from "../syntax/yaml/named-path.ts";
import type { Environment, EnvironmentValue } from "./interpolate.ts";

const NAME = ".env";
const LINE = /^(?<before>[ \t]*(?:export[ \t]+)?(?<name>[A-Za-z_][\w.-]*)[ \t]*[=:][ \t]*)(?<value>.*)$/;
/** No line of one that says something about an image is longer. */
const LONGEST = 4096;

/** Whether a file is the one that Compose takes variables from, by its name. */
export function isEnvironment(path: string): boolean {
  return path === NAME || path.endsWith(`/${NAME}`);
}

/** What the environment file beside a Compose file sets. https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/ */
export function environmentBeside(path: string, files: FileSet): Environment {
  const folder = folderOf(path);
  const own = folder === "" ? NAME : `${folder}/${NAME}`;
  const text = files.get(own);
  const found = new Map<string, EnvironmentValue | undefined>();
  let start = text?.startsWith("\uFEFF") ? 1 : 0;
  for (const line of text?.slice(start).split("\n") ?? []) {
    const { before = "", name, value = "" } = LINE.exec(line.slice(0, LONGEST))?.groups ?? {};
    if (name !== undefined) found.set(name, valueAt(own, start + before.length, value));
    start += line.length + 1;
  }
  return found;
}

/** A value without quotes and comments; `undefined` where more is to be read than stands there. */
function valueAt(path: string, start: number, written: string): EnvironmentValue | undefined {
  const quote = /^["']/.exec(written)?.[0];
  if (quote !== undefined) {
    const end = written.indexOf(quote, 1);
    const value = written.slice(1, end);
    const isPlain = end > 0 && !value.includes("\\") && (quote === "'" || !value.includes("$"));
    return isPlain ? { path, start: start + 1, end: start + end, value } : undefined;
  }
  const value = written.replace(/(?:^|[ \t])#.*$/, "").trimEnd();
  return value.includes("$") || value.includes("\\") ? undefined : { path, start, end: start + value.length, value };
}
