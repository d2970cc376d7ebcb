import type { Manager } from "../manager.ts";
import { childAt, entriesOf, isText, itemsOf, textOf, valueAt } from "../yaml/look.ts";
import { type ImageSite, yamlManager } from "../yaml/manager.ts";
import type { YamlNode } from "../yaml/tree.ts";

const YAML = /\.ya?ml$/i;
/** Files of other kinds that may have `kind` and `apiVersion` in them, and are read by their own managers. */
const OTHERS =
  /(?:^|\/)(?:\.(?:github|gitlab|circleci|woodpecker|azuredevops|azure-pipelines)\/|(?:docker-)?compose[^/]*\.ya?ml$|\.gitlab-ci\.ya?ml$|\.drone\.ya?ml$)/i;
const DEEPEST = 32;

/** Lists of containers, wherever a pod's specification stands: https://kubernetes.io/docs/reference/kubernetes-api/ */
const CONTAINER_LISTS: ReadonlySet<string> = new Set(["containers", "initContainers", "ephemeralContainers"]);

/** What some custom resources have beside pods, by the group of their `apiVersion`: lists of containers, and single ones. */
const CUSTOM: readonly {
  readonly group: RegExp;
  readonly lists: readonly string[];
  readonly single: readonly string[];
}[] = [
  { group: /^argoproj\.io\//, lists: ["sidecars"], single: ["container", "script"] },
  { group: /^tekton\.dev\//, lists: ["steps", "sidecars"], single: ["stepTemplate"] },
];

/** Kubernetes manifests, found by what is in them, in whatever folder they stand. */
export const kubernetes: Manager = yamlManager({
  kind: "kubernetes",
  matches: (path) => YAML.test(path) && !OTHERS.test(path),
  mayHold: (text) =>
    /^\uFEFF?[ \t]*(?:-[ \t]+)?["']?apiVersion["']?[ \t]*:/m.test(text) &&
    /^\uFEFF?[ \t]*(?:-[ \t]+)?["']?kind["']?[ \t]*:/m.test(text) &&
    /\bimage["']?[ \t]*:|\breference["']?[ \t]*:/.test(text),
  sites: (document) => sitesIn(document),
});

function* sitesIn(document: YamlNode): Iterable<ImageSite> {
  const apiVersion = textOf(valueAt(document, "apiVersion"));
  if (apiVersion === undefined || textOf(valueAt(document, "kind")) === undefined) return;
  if (textOf(valueAt(document, "kind"))?.endsWith("List") === true) {
    for (const item of itemsOf(childAt(document, "items"))) yield* sitesIn(item);
    return;
  }
  const custom = CUSTOM.find(({ group }) => group.test(apiVersion));
  const lists = new Set([...CONTAINER_LISTS, ...(custom?.lists ?? [])]);
  yield* walk(document, lists, new Set(custom?.single), 0);
}

function* walk(
  node: YamlNode,
  lists: ReadonlySet<string>,
  single: ReadonlySet<string>,
  depth: number,
): Iterable<ImageSite> {
  // What an alias stands for is read where it stands.
  if (depth > DEEPEST || node.kind === "alias") return;
  for (const [key, value] of entriesOf(node)) {
    if (lists.has(key)) for (const item of itemsOf(value)) yield* imageOf(valueAt(item, "image"));
    if (single.has(key)) yield* imageOf(valueAt(value, "image"));
    // https://kubernetes.io/docs/concepts/storage/volumes/#image
    if (key === "volumes") for (const item of itemsOf(value)) yield* imageOf(valueAt(item, "image", "reference"));
    yield* walk(value, lists, single, depth + 1);
  }
  for (const item of itemsOf(node)) yield* walk(item, lists, single, depth + 1);
}

function* imageOf(node: YamlNode | undefined): Iterable<ImageSite> {
  if (isText(node)) yield { node, role: "workload" };
}
