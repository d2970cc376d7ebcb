import type { Manager } from "../manager.ts";
import { childAt, entriesOf, follow, isText, itemsOf, textOf, valueAt } from "../syntax/yaml/look.ts";
import { type ImageSite, yamlManager } from "../syntax/yaml/manager.ts";
import { substituted } from "../syntax/yaml/substitute.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";
import type { Expand } from "../use/image.ts";
import { scriptWriters } from "./script-writers.ts";

/** Workflows, and the metadata of actions wherever they stand. */
const WORKFLOW = /^\.(?:github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/i;
const ACTION = /(?:^|\/)action\.ya?ml$/i;
const DOCKER = "docker://";
/** GitHub's own runners: https://docs.github.com/en/actions/reference/runners/github-hosted-runners */
const ARM = /^ubuntu-[\d.]{1,16}-arm$/;
const MOST_SHOWN = 128;

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax */
export const githubActions: Manager = yamlManager({
  kind: "github-actions",
  matches: (path) => WORKFLOW.test(path) || ACTION.test(path),
  writers: (files) => scriptWriters(files, (path) => WORKFLOW.test(path) || ACTION.test(path)),
  mayHold: (text) => /\bcontainer["']?[ \t]*:|\bservices["']?[ \t]*:|docker:\/\/|\b(?:node_)?image:/.test(text),
  sites: (document, { path }) => (WORKFLOW.test(path) ? workflowSites(document) : actionSites(document)),
});

function* workflowSites(document: YamlNode): Iterable<ImageSite> {
  for (const [name, job] of entriesOf(childAt(document, "jobs"))) {
    const runner = textOf(valueAt(job, "runs-on")) ?? "";
    const around = {
      within: `job ${name}`.slice(0, MOST_SHOWN),
      ...(ARM.test(runner) && { platform: "linux/arm64" }),
    };
    for (const site of jobSites(job)) {
      for (const one of overMatrix(site, job)) yield { ...one, ...around, expand: withInputs(document) };
    }
  }
}

const MATRIX = /^(?:docker:\/\/)?\$\{\{\s*matrix\.([\w-]+(?:\.[\w-]+)?)\s*\}\}$/;

/**
 * An image that is an entry of the job's matrix stands there, once for each job that the matrix makes. What only a run computes
 * stays what it is.
 */
function overMatrix(site: ImageSite, job: YamlNode): readonly ImageSite[] {
  const [, path] = MATRIX.exec(textOf(site.node) ?? "") ?? [];
  const [name, key] = path?.split(".") ?? [];
  const matrix = valueAt(job, "strategy", "matrix");
  if (name === undefined || matrix === undefined) return [site];
  const found = textsOf(follow(matrix) ?? matrix, name, key).map((node) =>
    textOf(node)?.startsWith(DOCKER) === true ? { ...site, node, prefix: DOCKER } : { ...without(site), node },
  );
  return found.length === 0 ? [site] : found;
}

/** What was found in each matrix: one may stand under any number of aliases, and be asked for by any number of services. */
const known = new WeakMap<YamlNode, Map<string, readonly ImageSite["node"][]>>();

/** The texts that a matrix has for a name, or for a key of what it has for it. */
function textsOf(matrix: YamlNode, name: string, key: string | undefined): readonly ImageSite["node"][] {
  const found = known.get(matrix) ?? new Map<string, readonly ImageSite["node"][]>();
  known.set(matrix, found);
  const path = key === undefined ? name : `${name}.${key}`;
  const texts = found.get(path) ?? readTexts(matrix, name, key);
  found.set(path, texts);
  return texts;
}

function readTexts(matrix: YamlNode, name: string, key: string | undefined): readonly ImageSite["node"][] {
  const values = itemsOf(follow(valueAt(matrix, name)));
  const included = itemsOf(follow(valueAt(matrix, "include"))).map((one) => valueAt(one, name));
  return [...values, ...included]
    .map((value) => (key === undefined ? value : valueAt(value, key)))
    .filter((node) => isText(node))
    .filter((node) => textOf(node) !== "");
}

function without({ prefix: _, ...site }: ImageSite): ImageSite {
  return site;
}

const INPUT = /\$\{\{\s*inputs\.(?<name>[\w-]+)\s*\}\}/g;

/** By the default of the workflow's input, for who calls it or for who starts it. */
function withInputs(document: YamlNode): Expand {
  return substituted({
    syntax: INPUT,
    valueOf: (name) => {
      const defaults = ["workflow_call", "workflow_dispatch"].map((event) =>
        follow(valueAt(document, "on", event, "inputs", name, "default")),
      );
      const [value, other] = defaults.filter((one) => one !== undefined);
      // Of two that differ, or are written twice, nobody knows which one counts.
      if (other !== undefined && other !== value) return undefined;
      return value?.kind === "scalar" && value.value !== "" ? value : undefined;
    },
  });
}

function* jobSites(job: YamlNode): Iterable<ImageSite> {
  yield* containerSite(valueAt(job, "container"));
  for (const [, service] of entriesOf(childAt(job, "services"))) yield* containerSite(service);
  yield* stepSites(childAt(job, "steps"));
}

function* actionSites(document: YamlNode): Iterable<ImageSite> {
  yield* dockerSite(valueAt(document, "runs", "image"));
  yield* stepSites(childAt(document, "runs", "steps"));
}

/** `container: node:22`, or a map with the image in it. An empty one means none. */
function* containerSite(container: YamlNode | undefined): Iterable<ImageSite> {
  const image = isText(container) ? container : valueAt(container, "image");
  if (!isText(image) || textOf(image) === "") return;
  yield { node: image, role: "workload", ...(textOf(image)?.startsWith(DOCKER) === true && { prefix: DOCKER }) };
}

function* stepSites(steps: YamlNode | undefined): Iterable<ImageSite> {
  for (const step of itemsOf(steps)) {
    const uses = valueAt(step, "uses");
    yield* dockerSite(uses);
    const [action = ""] = (textOf(uses) ?? "").split("@");
    const input = IMAGE_INPUTS.get(action.toLowerCase());
    const node = input === undefined ? undefined : valueAt(step, "with", input);
    if (isText(node) && textOf(node) !== "") yield { node, role: "workload" };
  }
}

/** Inputs of well-known actions that name an image which the action runs. */
const IMAGE_INPUTS: ReadonlyMap<string, string> = new Map([
  ["docker/setup-qemu-action", "image"],
  ["helm/kind-action", "node_image"],
]);

/** Anything else is an action or a Dockerfile. */
function* dockerSite(node: YamlNode | undefined): Iterable<ImageSite> {
  if (isText(node) && textOf(node)?.startsWith(DOCKER) === true) yield { node, role: "workload", prefix: DOCKER };
}
