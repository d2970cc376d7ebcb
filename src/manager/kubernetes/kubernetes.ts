import type { Manager } from "../manager.ts";
import { childAt, isText, itemsOf, textOf, valueAt } from "../syntax/yaml/look.ts";
import { type ImageSite, yamlManager } from "../syntax/yaml/manager.ts";
import { readManifest } from "../syntax/yaml/read-manifest.ts";
import { isDelivery, onlyDefines, type Resource, resourceOf, resourcesIn } from "../syntax/yaml/resource.ts";
import type { YamlFile, YamlMap, YamlNode } from "../syntax/yaml/tree.ts";
import { type CustomImages, customImages } from "./custom-resources.ts";
import { platformOf } from "./platform.ts";

/** `.tpl` in the templates of charts, where some keep whole manifests. */
const MANIFESTS = /\.ya?ml$|(?:^|\/)templates\/.*\.tpl$/i;
/** Files of other kinds that may have `kind` and `apiVersion` in them, and are read by their own managers. */
const OTHERS =
  /(?:^|\/)(?:\.(?:github|gitlab|circleci|woodpecker|azuredevops|azure-pipelines)\/|(?:docker-)?compose[^/]*\.ya?ml$|\.gitlab-ci\.ya?ml$|\.drone\.ya?ml$)/i;
const DEEPEST = 32;

/** Lists of containers, wherever a pod's specification stands: https://kubernetes.io/docs/reference/kubernetes-api/ */
const CONTAINER_LISTS: ReadonlySet<string> = new Set(["containers", "initContainers", "ephemeralContainers"]);

/** Kubernetes manifests, and charts' templates of them, found by what is in them, in whatever folder they stand. */
export const kubernetes: Manager = yamlManager({
  kind: "kubernetes",
  matches: (path) => MANIFESTS.test(path) && !OTHERS.test(path),
  mayHold: (text) =>
    /^\uFEFF?[ \t]*(?:-[ \t]+)?["']?apiVersion["']?[ \t]*:/m.test(text) &&
    /^\uFEFF?[ \t]*(?:-[ \t]+)?["']?kind["']?[ \t]*:/m.test(text) &&
    /[iI]mage(?:Name)?["']?[ \t]*:|\breference["']?[ \t]*:|\bDockerImage\b/.test(text) &&
    !onlyDefines(text),
  read: readManifest,
  sites: sitesIn,
});

/** In a template, what a pod asks of its node may stand there on a condition only. */
function* sitesIn(document: YamlNode, { text }: YamlFile): Iterable<ImageSite> {
  const start = text.includes("{{") ? { anyNode: true } : {};
  for (const node of resourcesIn(document)) if (resourceOf(node) !== undefined) yield* walk(node, start, 0);
}

/** What holds around a node. */
interface Place {
  readonly custom?: CustomImages;
  readonly within?: string;
  readonly platform?: string;
  /** Whatever the platform seems to be. */
  readonly anyNode?: boolean;
}

function* walk(node: YamlNode, around: Place, depth: number): Iterable<ImageSite> {
  // What an alias stands for is read where it stands.
  if (depth > DEEPEST || node.kind === "alias") return;
  if (node.kind === "map") {
    // A resource within another one, in a template of OpenShift, say, is read as what it is itself.
    const resource = node.entries.has("apiVersion") ? resourceOf(node) : undefined;
    if (resource !== undefined && isDelivery(resource)) return;
    const place = placeAt(node, resource, around);
    if (resource !== undefined) yield* namedPlaces(node, place);
    for (const [key, value] of node.pairs) {
      yield* imagesUnder(key, value, place);
      yield* walk(value, place, depth + 1);
    }
  }
  for (const item of itemsOf(node)) yield* walk(item, around, depth + 1);
}

function placeAt(node: YamlMap, resource: Resource | undefined, around: Place): Place {
  const platform = around.anyNode === true ? undefined : platformOf(node);
  if (resource === undefined && platform === undefined) return around;
  const custom = resource && customImages(resource);
  return {
    ...(resource === undefined
      ? around
      : { within: resource.title, ...(custom && { custom }), anyNode: around.anyNode === true }),
    ...(platform !== undefined && { platform }),
  };
}

/** Fields of a custom resource that name an image, each by its own path. */
function* namedPlaces(node: YamlNode, place: Place): Iterable<ImageSite> {
  for (const keys of place.custom?.at ?? []) yield* imageSite(childAt(node, ...keys), place);
}

function* imagesUnder(key: string, value: YamlNode, place: Place): Iterable<ImageSite> {
  const { custom } = place;
  if (CONTAINER_LISTS.has(key) || custom?.lists?.includes(key)) {
    for (const item of itemsOf(value)) yield* imagesOf(item, place);
  }
  if (custom?.single?.includes(key)) yield* imagesOf(value, place);
  // https://kubernetes.io/docs/concepts/storage/volumes/#image
  if (key === "volumes")
    for (const item of itemsOf(value)) yield* imageSite(valueAt(item, "image", "reference"), place);
  if (custom?.from === key && textOf(childAt(value, "kind")) === "DockerImage")
    yield* imageSite(childAt(value, "name"), place);
}

/** In a template, each branch of a condition may have an image of its own, all under one key. */
function* imagesOf(container: YamlNode, place: Place): Iterable<ImageSite> {
  const own = container.kind === "map" ? container.pairs.filter(([key]) => key === "image") : [];
  if (own.length > 1) for (const [, image] of own) yield* imageSite(image, place);
  else yield* imageSite(valueAt(container, "image"), place);
}

function* imageSite(node: YamlNode | undefined, { within, platform }: Place): Iterable<ImageSite> {
  if (!isText(node)) return;
  yield {
    node,
    role: "workload",
    ...(within !== undefined && { within }),
    ...(platform !== undefined && { platform }),
  };
}
