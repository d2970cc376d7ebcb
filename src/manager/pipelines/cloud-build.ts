import type { Manager } from "../manager.ts";
import { childAt, follow, isText, itemsOf, valueAt } from "../syntax/yaml/look.ts";
import { type ImageSite, yamlManager } from "../syntax/yaml/manager.ts";
import { substituted } from "../syntax/yaml/substitute.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";

/** https://cloud.google.com/build/docs/configuring-builds/substitute-variable-values */
const SUBSTITUTION = /\$(?:\$|\{(?<braced>_[A-Z0-9_]+)\}|(?<name>_[A-Z0-9_]+))/g;

/** https://cloud.google.com/build/docs/build-config-file-schema#name */
export const cloudBuild: Manager = yamlManager({
  kind: "cloud-build",
  matches: (path) => /(?:^|\/)(?:[^/]*[._-])?cloudbuild(?:[._-][^/]*)?\.(?:ya?ml|json)$/i.test(path),
  mayHold: (text) => /\bsteps["']?[ \t]*:/.test(text),
  sites: sitesIn,
});

/** A step is named by the image that it runs. */
function* sitesIn(document: YamlNode): Iterable<ImageSite> {
  const expand = substituted({
    syntax: SUBSTITUTION,
    valueOf: (name) => {
      const value = follow(valueAt(document, "substitutions", name));
      return value?.kind === "scalar" ? value : undefined;
    },
  });
  for (const step of itemsOf(childAt(document, "steps"))) {
    const node = valueAt(step, "name");
    if (isText(node)) yield { node, role: "workload", expand };
  }
}
