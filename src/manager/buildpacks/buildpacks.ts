import { eachFile, NOTHING } from "../each-file.ts";
import type { Manager } from "../manager.ts";
import { lineCounter } from "../syntax/line-counter.ts";
import { itemsOf, readToml, type TomlNode, type TomlText, valueAt } from "../syntax/toml/tree.ts";
import { imageUse } from "../use/image.ts";

const DOCKER = "docker://";

const BUILDER = /(?:^|\/)builder\.toml$/;

/**
 * The builder of a project descriptor, what a builder is made from, and buildpacks that are images:
 * https://buildpacks.io/docs/reference/config/project-descriptor/, …/builder-config/. All build but the images to run on.
 */
export const buildpacks: Manager = eachFile({
  kind: "buildpacks",
  matches: (path) => /(?:^|\/)project\.toml$/.test(path) || BUILDER.test(path),
  read(path, text) {
    if (!/\bbuilder\b|\bimage\b|-image\b|docker:\/\//.test(text)) return NOTHING;
    const { root, problems } = readToml(path, text);
    const lineOf = lineCounter(text);
    const runs = new Set(BUILDER.test(path) ? runImages(root) : []);
    const images = BUILDER.test(path) ? builderImages(root) : imagesIn(root);
    const found = images.map((image) => {
      const prefix = image.value.startsWith(DOCKER) ? DOCKER.length : 0;
      const value = image.value.slice(prefix);
      const start = image.start + prefix;
      const role = runs.has(image) ? "base" : "stage";
      return imageUse("buildpacks", { path, line: lineOf(start), role, value, start, isExact: image.isExact });
    });
    return { found, problems };
  },
});

/** By the schema 0.2 under `io.buildpacks`, by that before it under `build`; in the order of the file. */
function imagesIn(root: TomlNode | undefined): readonly TomlText[] {
  const now = valueAt(root, "io", "buildpacks");
  const before = valueAt(root, "build");
  const builders = [now, before].map((table) => valueAt(table, "builder"));
  const groups = [
    valueAt(now, "group"),
    valueAt(now, "pre", "group"),
    valueAt(now, "post", "group"),
    valueAt(before, "buildpacks"),
  ];
  const packs = groups.flatMap(itemsOf).map((item) => valueAt(item, "uri"));
  return inOrder([...builders, ...packs.filter(isImage)]);
}

/** What a builder is made from; `stack` is how older ones say it. */
function builderImages(root: TomlNode | undefined): readonly TomlText[] {
  const lists = [valueAt(root, "buildpacks"), valueAt(root, "extensions")].flatMap(itemsOf);
  const packs = lists.flatMap((item) => [valueAt(item, "uri"), valueAt(item, "image")]).filter(isImage);
  const built = [valueAt(root, "build", "image"), valueAt(root, "stack", "build-image")];
  return inOrder([...built, ...runImages(root), ...packs]);
}

function runImages(root: TomlNode | undefined): readonly TomlNode[] {
  const images = itemsOf(valueAt(root, "run", "images")).map((item) => valueAt(item, "image"));
  return [...images, valueAt(root, "stack", "run-image")].filter((node) => node !== undefined);
}

function inOrder(nodes: readonly (TomlNode | undefined)[]): readonly TomlText[] {
  return nodes.filter((node) => node?.kind === "text").toSorted((a, b) => a.start - b.start);
}

/** Any other address is a folder, an archive or a name in the buildpack registry. */
function isImage(node: TomlNode | undefined): boolean {
  return node?.kind === "text" && node.value.startsWith(DOCKER);
}
