import type { Manager } from "../manager.ts";
import { isHelmfile, isValuesTemplate } from "../syntax/yaml/helmfile.ts";
import { childAt, entriesOf } from "../syntax/yaml/look.ts";
import { type Site, yamlManager } from "../syntax/yaml/manager.ts";
import { readManifest } from "../syntax/yaml/read-manifest.ts";
import { onlyDefines, resourceOf, resourcesIn } from "../syntax/yaml/resource.ts";
import type { YamlFile, YamlNode } from "../syntax/yaml/tree.ts";
import { argoCdSites, isArgoCd, sourceSites } from "./argo-cd.ts";
import { fleetSites } from "./fleet.ts";
import { fluxSites, isFlux } from "./flux.ts";
import { helmChartSites, isHelmChart } from "./helm-chart.ts";
import { helmfileSites } from "./helmfile.ts";
import { imageUpdaters } from "./image-updater.ts";
import { isHydrated, renderers } from "./rendered.ts";
import { valuesInText } from "./values-in-text.ts";

const YAML = /\.ya?ml$/i;
const GROUPS = /\b(?:(?:helm|kustomize)\.toolkit\.fluxcd\.io|helm\.cattle\.io|argoproj\.io)\//;
/** What an Application is given beside its own file: https://argo-cd.readthedocs.io/en/stable/user-guide/parameters/ */
const OVERRIDES = /(?:^|\/)\.argocd-source(?:-[^/]+)?\.yaml$/;
const FLEET = /(?:^|\/)fleet\.ya?ml$/;
const VALUES = /(?:^|[._-])values(?:[._-][^/]*)?(?:\.ya?ml)?$/i;

/**
 * What deploys from Git with Argo CD, Flux or K3s, wherever such a resource stands, with Fleet or Helmfile: values of charts
 * within it, and the images that it has kustomize change.
 */
export const gitops: Manager = yamlManager({
  kind: "gitops",
  matches: (path) => YAML.test(path) || isHydrated(path) || isHelmfile(path) || isValuesTemplate(path),
  mayHold: (text, path) =>
    (GROUPS.test(text) && /image|values/i.test(text) && !onlyDefines(text)) ||
    (/\bConfigMap\b/.test(text) && /\bvalues\b.*:[ \t]*\|/.test(text)) ||
    OVERRIDES.test(path) ||
    FLEET.test(path) ||
    isHelmfile(path),
  read: readManifest,
  writers: (files) => [...imageUpdaters(files), ...renderers(files)],
  sites: sitesIn,
});

function* sitesIn(document: YamlNode, file: YamlFile): Iterable<Site> {
  yield* sitesByName(document, file);
  for (const node of resourcesIn(document)) {
    const resource = resourceOf(node);
    if (resource === undefined) continue;
    if (isFlux(resource)) yield* fluxSites(node, resource);
    else if (isArgoCd(resource)) yield* argoCdSites(node, resource, file);
    else if (isHelmChart(resource)) yield* helmChartSites(node, resource, file);
    else if (resource.apiVersion === "v1" && resource.kind === "ConfigMap") {
      // What a HelmRelease takes its values from.
      for (const [key, text] of entriesOf(childAt(node, "data"))) {
        if (VALUES.test(key.slice(-64))) yield* valuesInText(text, resource.title, file);
      }
    }
  }
}

/** Files that are no resources, and are known by their names. */
function* sitesByName(document: YamlNode, file: YamlFile): Iterable<Site> {
  if (OVERRIDES.test(file.path)) yield* sourceSites(document, "", file);
  if (FLEET.test(file.path)) yield* fleetSites(document);
  if (isHelmfile(file.path)) yield* helmfileSites(document);
}
