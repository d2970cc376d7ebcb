import type { Manager } from "../manager.ts";
import { childAt, entriesOf, isText, itemsOf, textOf, valueAt } from "../syntax/yaml/look.ts";
import { type ImageSite, yamlManager } from "../syntax/yaml/manager.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";

const RELEASER = /(?:^|\/)\.?goreleaser[^/]*\.ya?ml$/i;

/** What Go programs are built onto: https://ko.build/configuration/, also by GoReleaser: https://goreleaser.com/customization/ko/ */
export const ko: Manager = yamlManager({
  kind: "ko",
  matches: (path) => /(?:^|\/)\.ko\.ya?ml$/.test(path) || RELEASER.test(path),
  mayHold: (text) => /\b(?:defaultBaseImage|baseImageOverrides|base_image)\b/.test(text),
  sites: (document, { path }) => (RELEASER.test(path) ? releaserSites(document) : koSites(document)),
});

function* koSites(document: YamlNode): Iterable<ImageSite> {
  const images = [valueAt(document, "defaultBaseImage")];
  for (const [, image] of entriesOf(childAt(document, "baseImageOverrides"))) images.push(image);
  for (const image of images) yield* baseSite(image, valueAt(document, "defaultPlatforms"));
}

function* releaserSites(document: YamlNode): Iterable<ImageSite> {
  for (const one of itemsOf(childAt(document, "kos"))) {
    yield* baseSite(valueAt(one, "base_image"), valueAt(one, "platforms"));
  }
}

function* baseSite(node: YamlNode | undefined, platforms: YamlNode | undefined): Iterable<ImageSite> {
  const [only, ...others] = itemsOf(platforms);
  const platform = others.length === 0 ? textOf(only) : undefined;
  // `all` is every platform that the base has.
  if (isText(node)) yield { node, role: "base", ...(platform?.includes("/") === true && { platform }) };
}
