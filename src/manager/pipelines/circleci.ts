import type { Manager } from "../manager.ts";
import { childAt, entriesOf, isText, itemsOf, valueAt } from "../syntax/yaml/look.ts";
import { type ImageSite, yamlManager } from "../syntax/yaml/manager.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";

/** https://circleci.com/docs/configuration-reference/#docker */
export const circleci: Manager = yamlManager({
  kind: "circleci",
  matches: (path) => /(?:^|\/)\.circleci\/[^/]+\.ya?ml$/i.test(path),
  mayHold: (text) => /\bdocker["']?[ \t]*:/.test(text),
  sites: sitesIn,
});

/** `machine: {image}` names a virtual machine, and is none of ours. */
function* sitesIn(document: YamlNode): Iterable<ImageSite> {
  const owners = [childAt(document, "executors"), childAt(document, "jobs")].flatMap(entriesOf);
  for (const [, owner] of owners) {
    for (const item of itemsOf(childAt(owner, "docker"))) {
      const node = valueAt(item, "image");
      if (isText(node)) yield { node, role: "workload" };
    }
  }
}
