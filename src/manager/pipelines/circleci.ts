import type { Manager } from "../manager.ts";
import { childAt, entriesOf, follow, isText, itemsOf, valueAt } from "../syntax/yaml/look.ts";
import { type ImageSite, yamlManager } from "../syntax/yaml/manager.ts";
import { substituted } from "../syntax/yaml/substitute.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";

/** Configurations; the sources of an orb, which `circleci orb pack` puts together; and an orb that is packed. */
const NAMES = /(?:^|\/)(?:\.circleci\/(?:.+\/)?[^/]+|(?:.+\/)?@orb)\.ya?ml$/i;
const PARTS_OF_ORB = /(?:^|\/)src\/(?:executors|jobs)\/(?:.+\/)?[^/]+\.ya?ml$/i;
const PARAMETER = /<<\s*(?<name>(?:pipeline\.)?parameters\.[\w-]+)\s*>>/g;

/** https://circleci.com/docs/configuration-reference/#docker */
export const circleci: Manager = yamlManager({
  kind: "circleci",
  matches: (path) => NAMES.test(path) || PARTS_OF_ORB.test(path),
  mayHold: (text) => /\bdocker["']?[ \t]*:/.test(text),
  sites: (document, { path }) => (NAMES.test(path) ? sitesIn(document) : dockerSites(document, document)),
});

function* sitesIn(document: YamlNode): Iterable<ImageSite> {
  const owners = [childAt(document, "executors"), childAt(document, "jobs")].flatMap(entriesOf);
  for (const [, owner] of owners) yield* dockerSites(owner, document);
}

/** The images of a job or an executor. `machine: {image}` names a virtual machine, and is none of ours. */
function* dockerSites(owner: YamlNode, document: YamlNode): Iterable<ImageSite> {
  const expand = substituted({
    syntax: PARAMETER,
    valueOf: (parameter) => {
      const name = parameter.slice(parameter.lastIndexOf(".") + 1);
      const from = parameter.startsWith("pipeline.") ? document : owner;
      const value = follow(valueAt(from, "parameters", name, "default"));
      return value?.kind === "scalar" ? value : undefined;
    },
  });
  // What jobs have in common is often merged in from an anchor, which stands in no job.
  for (const item of itemsOf(follow(valueAt(owner, "docker")))) {
    const node = valueAt(item, "image");
    if (isText(node)) yield { node, role: "workload", expand };
  }
}
