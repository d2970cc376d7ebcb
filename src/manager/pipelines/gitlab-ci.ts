import type { Manager } from "../manager.ts";
import { childAt, entriesOf, follow, isMap, isText, itemsOf, textOf, valueAt } from "../syntax/yaml/look.ts";
import { type ImageSite, yamlManager } from "../syntax/yaml/manager.ts";
import { substituted } from "../syntax/yaml/substitute.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";
import type { Expand } from "../use/image.ts";
import { findIncluded } from "./gitlab-includes.ts";
import { scriptWriters } from "./script-writers.ts";

const NAMES = /(?:^|\/)(?:[^/]*\.)?gitlab-ci(?:[.-][^/]*)?\.ya?ml$|(?:^|\/)\.?gitlab(?:-ci)?\/.*\.ya?ml$/i;
/** Top-level keys that are no jobs: https://docs.gitlab.com/ci/yaml/#keywords */
const NO_JOBS: ReadonlySet<string> = new Set([
  "include",
  "stages",
  "variables",
  "workflow",
  "cache",
  "spec",
  "image",
  "services",
]);

const MOST_SHOWN = 128;

/** https://docs.gitlab.com/ci/yaml/#image */
export const gitlabCi: Manager = yamlManager({
  kind: "gitlab-ci",
  matches: (path) => NAMES.test(path),
  finds: (files) => findIncluded(files, (path) => NAMES.test(path)),
  writers: (files) => scriptWriters(files, (path) => NAMES.test(path)),
  mayHold: (text) => /\b(?:image|services)["']?[ \t]*:/.test(text),
  sites: sitesIn,
});

function* sitesIn(document: YamlNode): Iterable<ImageSite> {
  // A Kubernetes manifest that stands in a folder of this name.
  if (valueAt(document, "apiVersion") !== undefined) return;
  const expand = expandWith([document]);
  for (const site of jobSites(document)) yield { ...site, expand };
  for (const [key, job] of entriesOf(document)) {
    if (NO_JOBS.has(key) || !isMap(job)) continue;
    const around = { expand: expandWith(scopesOf(job, document)), within: `job ${key}`.slice(0, MOST_SHOWN) };
    for (const site of jobSites(job)) yield key === "default" ? { ...site, expand } : { ...site, ...around };
  }
}

const VARIABLE = /\$(?:\$|\{(?<braced>\w+)\}|(?<name>[A-Za-z_]\w*))/g;

/** Jobs that one job takes over, one from another. */
const MOST_EXTENDED = 32;

/**
 * Where a job's variables are set: in itself, then in the jobs of the file that it extends, of which the last named comes first, then
 * for all. https://docs.gitlab.com/ci/yaml/#extends
 */
function scopesOf(job: YamlNode, document: YamlNode): readonly YamlNode[] {
  const scopes = new Set<YamlNode>();
  const add = (one: YamlNode): void => {
    if (scopes.has(one) || scopes.size > MOST_EXTENDED) return;
    scopes.add(one);
    const given = follow(valueAt(one, "extends"));
    const names = given?.kind === "list" ? given.items : [given];
    for (const name of names.toReversed()) {
      const other = isText(name) ? valueAt(document, textOf(name) ?? "") : undefined;
      if (isMap(other) && other !== undefined) add(other);
    }
  };
  add(job);
  const inheritsNone = textOf(valueAt(job, "inherit", "variables")) === "false";
  return inheritsNone ? [...scopes] : [...scopes, document];
}

/** What each matrix sets: one may stand under any number of aliases. */
const known = new WeakMap<YamlNode, ReadonlySet<string>>();

/** Whether jobs are made of several values of a variable. */
function isInMatrix(scope: YamlNode, name: string): boolean {
  const matrix = follow(valueAt(scope, "parallel", "matrix"));
  if (matrix === undefined) return false;
  const names = known.get(matrix) ?? new Set(itemsOf(matrix).flatMap((one) => entriesOf(one).map(([key]) => key)));
  known.set(matrix, names);
  return names.has(name);
}

/** By the variables of the file, the nearest first: https://docs.gitlab.com/ci/variables/#cicd-variable-precedence */
function expandWith(scopes: readonly YamlNode[]): Expand {
  return substituted({
    syntax: VARIABLE,
    valueOf: (name) => {
      if (scopes.some((scope) => isInMatrix(scope, name))) return undefined;
      const values = scopes
        .map((scope) => follow(valueAt(scope, "variables", name)))
        .filter((one) => one !== undefined);
      const [first] = values;
      const value = first?.kind === "map" ? follow(valueAt(first, "value")) : first;
      return value?.kind === "scalar" ? value : undefined;
    },
  });
}

function* jobSites(job: YamlNode): Iterable<ImageSite> {
  yield* imageSite(valueAt(job, "image"));
  for (const service of itemsOf(childAt(job, "services"))) yield* imageSite(service);
}

function* imageSite(image: YamlNode | undefined): Iterable<ImageSite> {
  const node = isText(image) ? image : valueAt(image, "name");
  const platform = textOf(valueAt(image, "docker", "platform"));
  if (isText(node)) yield { node, role: "workload", ...(platform !== undefined && { platform }) };
}
