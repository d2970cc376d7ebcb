import type { Manager } from "../manager.ts";
import { kustomizeImages } from "../syntax/yaml/kustomize-images.ts";
import { childAt } from "../syntax/yaml/look.ts";
import { yamlManager } from "../syntax/yaml/manager.ts";
import { KUSTOMIZATION, replacedImages } from "./replaced.ts";

/** The `images` of kustomizations, components among them. */
export const kustomize: Manager = yamlManager({
  kind: "kustomize",
  matches: (path) => KUSTOMIZATION.test(path),
  writers: replacedImages,
  mayHold: (text) => /\bimages["']?[ \t]*:/.test(text),
  sites: (document) => kustomizeImages(childAt(document, "images")),
});
