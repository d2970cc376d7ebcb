import type { Manager } from "../manager.ts";
import { childAt, entriesOf, follow, isText, itemsOf, textOf, valueAt } from "../syntax/yaml/look.ts";
import { type ImageSite, yamlManager } from "../syntax/yaml/manager.ts";
import { substituted } from "../syntax/yaml/substitute.ts";
import type { YamlNode, YamlScalar } from "../syntax/yaml/tree.ts";

const NAMES = /(?:^|\/)[^/]*azure-pipelines?[^/]*\.ya?ml$|(?:^|\/)\.?azure-?(?:pipelines|devops)\/.*\.ya?ml$/i;
/** Where jobs stand: below stages, in templates of either, or at the top. */
const DEEPEST = 6;

/** https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/jobs-job-container */
export const azurePipelines: Manager = yamlManager({
  kind: "azure-pipelines",
  matches: (path) => NAMES.test(path),
  mayHold: (text) => /\bcontainers?["']?[ \t]*:/.test(text),
  sites: sitesIn,
});

function* sitesIn(document: YamlNode): Iterable<ImageSite> {
  const expand = substituted({ syntax: PARAMETER, valueOf: (name) => defaultOf(document, name) });
  for (const site of placesIn(document)) yield { ...site, expand };
}

const PARAMETER =
  /\$\{\{\s*(?<parameter>parameters\.\w+)\s*\}\}|\$\{\{\s*(?<variable>variables\.\w+)\s*\}\}|\$\((?<name>[A-Za-z]\w*)\)/g;

/** The default of a parameter, or the value of a variable, each from a map or from a list of what has a name. */
function defaultOf(document: YamlNode, name: string): YamlScalar | undefined {
  const [, kind = "variables", key = name] = /^(parameters|variables)\.(.*)$/.exec(name) ?? [];
  const list = follow(valueAt(document, kind));
  const item = itemsOf(list).find((one) => textOf(valueAt(one, "name")) === key);
  const node = item === undefined ? valueAt(list, key) : valueAt(item, kind === "variables" ? "value" : "default");
  const value = follow(node);
  return value?.kind === "scalar" && value.value !== "" ? value : undefined;
}

function* placesIn(document: YamlNode): Iterable<ImageSite> {
  const containers = itemsOf(childAt(document, "resources", "containers"));
  for (const container of containers) yield* imageSite(valueAt(container, "image"));
  // A job may name one of the containers above instead of an image.
  const names = new Set(containers.map((container) => textOf(valueAt(container, "container"))));
  yield* jobSites(document, names, 0);
}

function* jobSites(node: YamlNode, names: ReadonlySet<string | undefined>, depth: number): Iterable<ImageSite> {
  if (depth > DEEPEST) return;
  yield* containerSite(valueAt(node, "container"), names);
  for (const [, service] of entriesOf(childAt(node, "services"))) yield* containerSite(service, names);
  for (const list of ["stages", "jobs"]) {
    for (const item of itemsOf(childAt(node, list))) yield* jobSites(item, names, depth + 1);
  }
}

function* containerSite(container: YamlNode | undefined, names: ReadonlySet<string | undefined>): Iterable<ImageSite> {
  if (isText(container)) {
    if (!names.has(textOf(container))) yield* imageSite(container);
  } else yield* imageSite(valueAt(container, "image"));
}

function* imageSite(node: YamlNode | undefined): Iterable<ImageSite> {
  if (isText(node)) yield { node, role: "workload" };
}
