import type { Manager } from "../manager.ts";
import { childAt, entriesOf, isText, itemsOf, textOf, valueAt } from "../syntax/yaml/look.ts";
import { type ImageSite, yamlManager } from "../syntax/yaml/manager.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";

const DEEPEST = 12;
const DOCKER = "docker://";

/** https://support.atlassian.com/bitbucket-cloud/docs/docker-image-options/ */
export const bitbucketPipelines: Manager = yamlManager({
  kind: "bitbucket-pipelines",
  matches: (path) => /(?:^|\/)bitbucket-pipelines\.ya?ml$/i.test(path),
  mayHold: (text) => /\bimage["']?[ \t]*:|docker:\/\//.test(text),
  sites: sitesIn,
});

function* sitesIn(document: YamlNode): Iterable<ImageSite> {
  yield* imageSite(valueAt(document, "image"));
  for (const [, service] of entriesOf(childAt(document, "definitions", "services"))) {
    yield* imageSite(valueAt(service, "image"));
  }
  for (const part of [childAt(document, "definitions", "steps"), childAt(document, "pipelines")]) {
    if (part !== undefined) yield* stepSites(part, 0);
  }
}

/** Steps stand below branches, tags, parallel groups and stages alike. */
function* stepSites(node: YamlNode, depth: number): Iterable<ImageSite> {
  // What an alias stands for is read where it stands.
  if (depth > DEEPEST || node.kind === "alias") return;
  for (const [key, value] of entriesOf(node)) {
    if (key === "step") {
      yield* imageSite(valueAt(value, "image"));
      for (const line of itemsOf(childAt(value, "script"))) yield* pipeSite(valueAt(line, "pipe"));
    } else yield* stepSites(value, depth + 1);
  }
  for (const item of itemsOf(node)) yield* stepSites(item, depth + 1);
}

function* imageSite(image: YamlNode | undefined): Iterable<ImageSite> {
  const node = isText(image) ? image : valueAt(image, "name");
  if (isText(node)) yield { node, role: "workload" };
}

function* pipeSite(node: YamlNode | undefined): Iterable<ImageSite> {
  if (isText(node) && textOf(node)?.startsWith(DOCKER) === true) yield { node, role: "workload", prefix: DOCKER };
}
