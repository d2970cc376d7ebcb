import type { Role } from "../../core/use/use.ts";
import type { Manager } from "../manager.ts";
import { childAt, isText, itemsOf, textOf, valueAt } from "../syntax/yaml/look.ts";
import { type ImageSite, yamlManager } from "../syntax/yaml/manager.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";

/** Where an artifact says what it is built with or stands on. */
const IMAGES: readonly (readonly [role: Role, ...keys: readonly string[]])[] = [
  ["stage", "buildpacks", "builder"],
  ["base", "buildpacks", "runImage"],
  ["stage", "buildpack", "builder"],
  ["base", "buildpack", "runImage"],
  ["base", "ko", "fromImage"],
  ["base", "jib", "fromImage"],
];

/** https://skaffold.dev/docs/references/yaml/ */
export const skaffold: Manager = yamlManager({
  kind: "skaffold",
  matches: (path) => /(?:^|\/)skaffold[^/]*\.ya?ml$/i.test(path),
  mayHold: (text) => text.includes("skaffold/") && /\b(?:builder|runImage|fromImage|image)["']?[ \t]*:/.test(text),
  sites: sitesIn,
});

function* sitesIn(document: YamlNode): Iterable<ImageSite> {
  if (textOf(valueAt(document, "apiVersion"))?.startsWith("skaffold/") !== true) return;
  for (const config of [document, ...itemsOf(childAt(document, "profiles"))]) {
    yield* buildSites(childAt(config, "build"));
    for (const test of itemsOf(childAt(config, "verify"))) yield* imageOf(valueAt(test, "container", "image"));
    for (const action of itemsOf(childAt(config, "customActions"))) {
      for (const container of itemsOf(childAt(action, "containers"))) yield* imageOf(valueAt(container, "image"));
    }
  }
}

function* buildSites(build: YamlNode | undefined): Iterable<ImageSite> {
  const artifacts = itemsOf(childAt(build, "artifacts"));
  const built = new Set(artifacts.map((artifact) => textOf(valueAt(artifact, "image"))));
  for (const artifact of artifacts) {
    const platform = onlyPlatform(valueAt(artifact, "platforms") ?? childAt(build, "platforms"));
    for (const [role, ...keys] of IMAGES) {
      const node = valueAt(artifact, ...keys);
      // An artifact may be built with another one.
      if (!isText(node) || built.has(textOf(node))) continue;
      yield { node, role, ...(platform !== undefined && { platform }) };
    }
  }
}

function* imageOf(node: YamlNode | undefined): Iterable<ImageSite> {
  if (isText(node)) yield { node, role: "workload" };
}

function onlyPlatform(platforms: YamlNode | undefined): string | undefined {
  const [only, ...others] = itemsOf(platforms);
  return others.length === 0 ? textOf(only) : undefined;
}
