import type { Manager } from "../manager.ts";
import { childAt, entriesOf, isText, textOf, valueAt } from "../yaml/look.ts";
import { type ImageSite, yamlManager } from "../yaml/manager.ts";
import type { YamlNode } from "../yaml/tree.ts";
import { interpolate } from "./interpolate.ts";

const NAMES = /(?:^|\/)(?:docker-|container-|podman-)?compose(?:[.-][^/]*)?\.ya?ml$/i;
const DEEPEST = 16;

/** Compose files, by the Compose specification: https://github.com/compose-spec/compose-spec/blob/main/spec.md */
export const compose: Manager = yamlManager({
  kind: "compose",
  matches: (path) => NAMES.test(path),
  mayHold: (text) => /\bimage["']?[ \t]*:/.test(text),
  sites: sitesIn,
  expand: interpolate,
});

/** The services' images, and those of extensions, which services merge in. Files of before 2015 have services at the top. */
function* sitesIn(document: YamlNode): Iterable<ImageSite> {
  const services = childAt(document, "services");
  for (const [key, value] of entriesOf(document)) {
    if (key.startsWith("x-")) yield* extensionSites(value, 0);
    else if (services === undefined) yield* serviceSite(value);
  }
  for (const [, service] of entriesOf(services)) yield* serviceSite(service);
}

/** The image of a service that is built is what the build is named, and nothing that is pulled. */
function* serviceSite(service: YamlNode): Iterable<ImageSite> {
  const image = valueAt(service, "image");
  if (!isText(image) || valueAt(service, "build") !== undefined) return;
  const platform = textOf(valueAt(service, "platform"));
  yield { node: image, role: "workload", ...(platform !== undefined && !platform.includes("$") && { platform }) };
}

function* extensionSites(node: YamlNode, depth: number): Iterable<ImageSite> {
  // What an alias stands for is read where it stands.
  if (depth > DEEPEST || node.kind === "alias") return;
  yield* serviceSite(node);
  for (const [key, value] of entriesOf(node)) if (key !== "image") yield* extensionSites(value, depth + 1);
}
