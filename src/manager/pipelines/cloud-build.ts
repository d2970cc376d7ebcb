import type { Manager } from "../manager.ts";
import { childAt, isText, itemsOf, valueAt } from "../syntax/yaml/look.ts";
import { type ImageSite, yamlManager } from "../syntax/yaml/manager.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";

/** https://cloud.google.com/build/docs/build-config-file-schema#name */
export const cloudBuild: Manager = yamlManager({
  kind: "cloud-build",
  matches: (path) => /(?:^|\/)(?:[^/]*[.-])?cloudbuild(?:[.-][^/]*)?\.ya?ml$/i.test(path),
  mayHold: (text) => /\bsteps["']?[ \t]*:/.test(text),
  sites: sitesIn,
});

/** A step is named by the image that it runs. */
function* sitesIn(document: YamlNode): Iterable<ImageSite> {
  for (const step of itemsOf(childAt(document, "steps"))) {
    const node = valueAt(step, "name");
    if (isText(node)) yield { node, role: "workload" };
  }
}
