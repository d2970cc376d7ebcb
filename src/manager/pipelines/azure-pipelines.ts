import type { Manager } from "../manager.ts";
import { childAt, entriesOf, follow, isText, itemsOf, textOf, valueAt } from "../syntax/yaml/look.ts";
import { type ImageSite, yamlManager } from "../syntax/yaml/manager.ts";
import { substituted } from "../syntax/yaml/substitute.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";
import type { Expand } from "../use/image.ts";

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

const PARAMETER =
  /\$\{\{\s*(?<parameter>parameters\.\w+)\s*\}\}|\$\{\{\s*(?<variable>variables\.\w+)\s*\}\}|\$\((?<name>[A-Za-z]\w*)\)/g;

/** What a list of variables or parameters says, by name. */
type Listed = ReadonlyMap<string, YamlNode>;

/** A pipeline, and what was found in its lists: one may stand under any number of aliases. */
interface Pipeline {
  readonly document: YamlNode;
  readonly lists: Map<YamlNode, Listed>;
  /** A job may name one of the pipeline's containers instead of an image. */
  readonly containers: ReadonlySet<string | undefined>;
}

function* sitesIn(document: YamlNode): Iterable<ImageSite> {
  const containers = itemsOf(childAt(document, "resources", "containers"));
  const names = new Set(containers.map((container) => textOf(valueAt(container, "container"))));
  const pipeline = { document, lists: new Map(), containers: names };
  const expand = expandWith(pipeline, [document]);
  for (const container of containers) {
    for (const site of imageSite(valueAt(container, "image"))) yield { ...site, expand };
  }
  yield* jobSites(document, pipeline, []);
}

/** By parameters' defaults, and by variables, a job's before its stage's before the pipeline's. */
function expandWith({ document, lists }: Pipeline, scopes: readonly YamlNode[]): Expand {
  return substituted({
    syntax: PARAMETER,
    valueOf: (name) => {
      const [, kind = "variables", key = name] = /^(parameters|variables)\.(.*)$/.exec(name) ?? [];
      const nodes = kind === "parameters" ? [document] : scopes;
      const values = nodes.map((node) => follow(valueIn(follow(valueAt(node, kind)), key, lists)));
      const value = values.find((one) => one !== undefined);
      return value?.kind === "scalar" && value.value !== "" ? value : undefined;
    },
  });
}

/** The value of a variable, or the default of a parameter: from a map, or from a list of what has a name. */
function valueIn(given: YamlNode | undefined, name: string, lists: Pipeline["lists"]): YamlNode | undefined {
  if (given?.kind !== "list") return valueAt(given, name);
  const listed = lists.get(given) ?? listedIn(given.items);
  lists.set(given, listed);
  return listed.get(name);
}

/** Of what is set twice the last one counts. */
function listedIn(items: readonly YamlNode[]): Listed {
  const named = items.flatMap((item): [string, YamlNode][] => {
    const name = textOf(valueAt(item, "name"));
    const value = valueAt(item, "value") ?? valueAt(item, "default");
    return name === undefined || value === undefined ? [] : [[name, value]];
  });
  return new Map(named);
}

function* jobSites(node: YamlNode, pipeline: Pipeline, outer: readonly YamlNode[]): Iterable<ImageSite> {
  if (outer.length > DEEPEST) return;
  const { containers } = pipeline;
  const scopes = [node, ...outer];
  const expand = expandWith(pipeline, scopes);
  const services = entriesOf(childAt(node, "services")).map(([, service]) => service);
  for (const container of [valueAt(node, "container"), ...services]) {
    for (const site of containerSite(container, containers)) yield { ...site, expand };
  }
  for (const list of ["stages", "jobs"]) {
    for (const item of itemsOf(childAt(node, list))) yield* jobSites(item, pipeline, scopes);
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
