import { matchesGlob } from "../../core/text/glob.ts";
import type { FileSet } from "../../core/use/use.ts";
import { entriesOf, isText, itemsOf, textOf, valueAt } from "../syntax/yaml/look.ts";
import { joinPath } from "../syntax/yaml/named-path.ts";
import { readYaml } from "../syntax/yaml/read.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";

const YAML = /\.ya?ml$/i;
/** As many as GitLab includes: https://docs.gitlab.com/administration/settings/continuous_integration/ */
const MOST_FILES = 150;
const LONGEST = 512;
/** Names with stars cost a look at every file. */
const MOST_PATTERNS = 32;

/**
 * The files that pipelines include from their own repository, and those that the included ones do: by `include`, and by jobs
 * that trigger a pipeline of their own. `isPipeline` says by its name whether a file is one that nobody has to include.
 * https://docs.gitlab.com/ci/yaml/#includelocal
 */
export function findIncluded(files: FileSet, isPipeline: (path: string) => boolean): ReadonlySet<string> {
  const found = new Set<string>();
  const pending = [...files.keys()].filter(isPipeline);
  const seen = new Set<string>();
  let patterns = 0;
  for (let path = pending.pop(); path !== undefined && found.size < MOST_FILES; path = pending.pop()) {
    const text = files.get(path) ?? "";
    if (!/\binclude["']?[ \t]*:/.test(text)) continue;
    for (const name of readYaml(path, text).documents.flatMap(includesIn)) {
      if (seen.has(name) || (name.includes("*") && ++patterns > MOST_PATTERNS)) continue;
      seen.add(name);
      for (const one of filesAt(files, name)) {
        if (found.has(one) || isPipeline(one)) continue;
        found.add(one);
        pending.push(one);
      }
    }
  }
  return found;
}

function includesIn(document: YamlNode): readonly string[] {
  const jobs = entriesOf(document).map(([, job]) => valueAt(job, "trigger", "include"));
  return [valueAt(document, "include"), ...jobs].flatMap(localNames);
}

/** A path, `{local: path}`, or a list of these; anything else is in another repository, or made by a job. */
function localNames(include: YamlNode | undefined): readonly string[] {
  const items = include?.kind === "list" ? itemsOf(include) : [include];
  return items.flatMap((item) => {
    const name = textOf(isText(item) ? item : valueAt(item, "local"));
    return name === undefined || name.length > LONGEST || !YAML.test(name) ? [] : [name];
  });
}

/** From the root, whatever file says so; `*` stands for a part of a name, `**` for folders as well. */
function filesAt(files: FileSet, name: string): readonly string[] {
  const path = joinPath("", name);
  if (path === undefined) return [];
  if (!path.includes("*")) return files.has(path) ? [path] : [];
  const parts = path.split("/");
  const isIncluded = (one: string) => {
    if (path.includes("**")) return matchesGlob(path.replaceAll("**", "*"), one);
    const own = one.split("/");
    return own.length === parts.length && parts.every((part, at) => matchesGlob(part, own[at] ?? ""));
  };
  return [...files.keys()].filter((one) => one.length <= LONGEST && YAML.test(one) && isIncluded(one));
}
