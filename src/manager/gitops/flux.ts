import { chartValues } from "../syntax/yaml/chart-values.ts";
import { kustomizeImages } from "../syntax/yaml/kustomize-images.ts";
import { childAt, itemsOf } from "../syntax/yaml/look.ts";
import type { Site } from "../syntax/yaml/manager.ts";
import type { Resource } from "../syntax/yaml/resource.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";

/** Resources of Flux: https://fluxcd.io/flux/components/helm/helmreleases/, …/kustomize/kustomizations/ */
export function isFlux({ apiVersion }: Resource): boolean {
  return /^(?:helm|kustomize)\.toolkit\.fluxcd\.io\//.test(apiVersion);
}

/** The values of a HelmRelease, and the images that it or a Kustomization has kustomize change. */
export function* fluxSites(node: YamlNode, { kind, title }: Resource): Iterable<Site> {
  const spec = childAt(node, "spec");
  if (kind === "Kustomization") yield* kustomizeImages(childAt(spec, "images"), title);
  if (kind !== "HelmRelease") return;
  const values = childAt(spec, "values");
  if (values !== undefined) yield* chartValues(values, title);
  for (const renderer of itemsOf(childAt(spec, "postRenderers"))) {
    yield* kustomizeImages(childAt(renderer, "kustomize", "images"), title);
  }
}
