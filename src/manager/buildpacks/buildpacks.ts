import { eachFile, NOTHING } from "../each-file.ts";
import type { Manager } from "../manager.ts";
import { lineCounter } from "../syntax/line-counter.ts";
import { itemsOf, readToml, type TomlNode, type TomlText, valueAt } from "../syntax/toml/tree.ts";
import { imageUse } from "../use/image.ts";

const DOCKER = "docker://";

/**
 * The builder of a project descriptor, and buildpacks that are images: https://buildpacks.io/docs/reference/config/project-descriptor/.
 * Both build, and are in nothing that runs.
 */
export const buildpacks: Manager = eachFile({
  kind: "buildpacks",
  matches: (path) => /(?:^|\/)project\.toml$/.test(path),
  read(path, text) {
    if (!/\bbuilder\b|docker:\/\//.test(text)) return NOTHING;
    const { root, problems } = readToml(path, text);
    const lineOf = lineCounter(text);
    const found = imagesIn(root).map((image) => {
      const prefix = image.value.startsWith(DOCKER) ? DOCKER.length : 0;
      const value = image.value.slice(prefix);
      const start = image.start + prefix;
      return imageUse("buildpacks", { path, line: lineOf(start), role: "stage", value, start, isExact: image.isExact });
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
  return [...builders, ...packs.filter(isImage)]
    .filter((node) => node?.kind === "text")
    .toSorted((a, b) => a.start - b.start);
}

/** Any other address is a folder, an archive or a name in the buildpack registry. */
function isImage(node: TomlNode | undefined): boolean {
  return node?.kind === "text" && node.value.startsWith(DOCKER);
}
