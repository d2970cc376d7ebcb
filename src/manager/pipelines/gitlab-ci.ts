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
    const around = { expand: expandWith([job, document]), within: `job ${key}`.slice(0, MOST_SHOWN) };
    for (const site of jobSites(job)) yield key === "default" ? { ...site, expand } : { ...site, ...around };
  }
}

const VARIABLE = /\$(?:\$|\{(?<braced>\w+)\}|(?<name>[A-Za-z_]\w*))/g;

/** By the variables of the file, the job's before those of all: https://docs.gitlab.com/ci/variables/#cicd-variable-precedence */
function expandWith(scopes: readonly YamlNode[]): Expand {
  return substituted({
    syntax: VARIABLE,
    valueOf: (name) => {
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
