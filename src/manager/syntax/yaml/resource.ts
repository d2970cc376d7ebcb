import { itemsOf, textOf, valueAt } from "./look.ts";
import type { YamlNode } from "./tree.ts";

/** A resource of Kubernetes, as far as its head tells what it is. */
export interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  /** `Deployment shop/web`. */
  readonly title: string;
}

const LONGEST = 253;
const MOST_SHOWN = 128;

/** What resource a node is; `undefined` where it is none. */
export function resourceOf(node: YamlNode | undefined): Resource | undefined {
  const apiVersion = textOf(valueAt(node, "apiVersion"));
  const kind = textOf(valueAt(node, "kind"));
  if (apiVersion === undefined || kind === undefined || apiVersion.length > LONGEST || kind.length > LONGEST)
    return undefined;
  const metadata = valueAt(node, "metadata");
  const names = [textOf(valueAt(metadata, "namespace")), textOf(valueAt(metadata, "name"))].map((name) =>
    name?.slice(0, MOST_SHOWN),
  );
  const name = names.filter(Boolean).join("/");
  return { apiVersion, kind, title: `${kind} ${name}`.trim().slice(0, MOST_SHOWN) };
}

/** A document, or the items of a list in the place of one. Lists of lists are nobody's. */
export function resourcesIn(document: YamlNode): readonly YamlNode[] {
  if (resourceOf(document)?.kind.endsWith("List") !== true) return [document];
  return itemsOf(valueAt(document, "items")).filter(({ kind }) => kind === "map");
}

/** Whether a text has nothing but definitions of custom resources: large, and with `image` in their schemas. */
export function onlyDefines(text: string): boolean {
  return (
    /^kind:[ \t]*CustomResourceDefinition\b/m.test(text) && !/^kind:[ \t]*(?!CustomResourceDefinition\b)\S/m.test(text)
  );
}

/** Whether a resource deploys others from Git, and names images in ways of its own. */
export function isDelivery({ apiVersion, kind }: Resource): boolean {
  if (/^argoproj\.io\//.test(apiVersion)) return kind === "Application" || kind === "ApplicationSet";
  return /^(?:helm|kustomize)\.toolkit\.fluxcd\.io\/|^helm\.cattle\.io\//.test(apiVersion);
}
