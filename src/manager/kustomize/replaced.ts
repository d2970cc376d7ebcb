import { imageKey, parseReference } from "../../core/reference.ts";
import type { FileSet } from "../../core/use/use.ts";
import type { Writer } from "../../core/use/writer.ts";
import { childAt, itemsOf, textOf } from "../syntax/yaml/look.ts";
import { folderOf, joinPath } from "../syntax/yaml/named-path.ts";
import { readYaml } from "../syntax/yaml/read.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";

export const KUSTOMIZATION = /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/;
const NAMES = ["kustomization.yaml", "kustomization.yml", "Kustomization"] as const;
const RESOURCES = ["resources", "bases"] as const;
const LONGEST = 512;
/** So many kustomizations are followed, from all that deploy them together, and so deep. */
const MOST = 2_000;
const MOST_STEPS = 10_000;
const DEEPEST = 16;

/** One kustomization, as far as it says where images come from. */
interface Kustomization {
  readonly path: string;
  /** Manifests that it is made of. */
  readonly manifests: readonly string[];
  /** Kustomizations that it is made of. */
  readonly parts: readonly string[];
  /** Kustomizations that change all that it is made of. */
  readonly components: readonly string[];
  /** Keys of the images that it names anew. */
  readonly images: ReadonlySet<string>;
}

/**
 * Where kustomizations put other images in the place of what a manifest names: what stands there is a placeholder, or older
 * than what runs. Only where all that deploy the manifest do so; each says for which images.
 */
export function replacedImages(files: FileSet): readonly Writer[] {
  const paths = [...files.keys()].filter((path) => KUSTOMIZATION.test(path)).slice(0, MOST);
  const read = new Map(paths.map((path) => [path, kustomizationAt(path, files)]));
  const all = new Map([...read].map(([path, one]) => [path, withComponents(one, read)]));
  const parts = new Set([...all.values()].flatMap((one) => [...one.parts, ...one.components]));
  const roots = paths.filter((path) => !parts.has(path));
  const byManifest = new Map<string, (readonly Kustomization[])[]>();
  const budget = { steps: MOST_STEPS };
  for (const root of roots) {
    for (const [manifest, above] of manifestsOf(root, all, budget)) {
      const known = byManifest.get(manifest);
      if (known === undefined) byManifest.set(manifest, [above]);
      else known.push(above);
    }
  }
  // What was not followed to its end may deploy anything as it is.
  if (budget.steps === 0) return [];
  return [...byManifest].flatMap(([manifest, deployed]) => writersOf(manifest, deployed));
}

function writersOf(manifest: string, deployed: readonly (readonly Kustomization[])[]): readonly Writer[] {
  const [first = [], ...others] = deployed;
  return first.flatMap(({ path, images }) => {
    const everywhere = [...images].filter((key) => others.every((above) => above.some((one) => one.images.has(key))));
    if (everywhere.length === 0) return [];
    return [{ who: path, why: "replaced", paths: new Set([manifest]), images: new Set(everywhere) } as const];
  });
}

/** Every manifest below a kustomization, with all kustomizations that it goes through. */
function manifestsOf(
  root: string,
  all: ReadonlyMap<string, Kustomization>,
  budget: { steps: number },
): ReadonlyMap<string, readonly Kustomization[]> {
  const manifests = new Map<string, readonly Kustomization[]>();
  const seen = new Set<string>();
  const pending: { readonly path: string; readonly above: readonly Kustomization[] }[] = [{ path: root, above: [] }];
  for (let next = pending.pop(); next !== undefined && budget.steps > 0; next = pending.pop()) {
    const one = all.get(next.path);
    if (one === undefined || seen.has(next.path) || next.above.length === DEEPEST) continue;
    seen.add(next.path);
    const above = [...next.above, one];
    budget.steps = Math.max(budget.steps - 1 - one.manifests.length, 0);
    for (const manifest of one.manifests) manifests.set(manifest, above);
    for (const path of one.parts) pending.push({ path, above });
  }
  return manifests;
}

function kustomizationAt(path: string, files: FileSet): Kustomization {
  const { documents } = readYaml(path, files.get(path) ?? "");
  const named = (...keys: readonly string[]) => {
    const items = documents.flatMap((document) => keys.flatMap((key) => itemsOf(childAt(document, key))));
    return items.slice(0, MOST).flatMap((item) => pathOf(textOf(item) ?? "", path) ?? []);
  };
  const kustomizations = (folders: readonly string[]) =>
    folders.flatMap((one) => NAMES.map((name) => joinPath(one, name) ?? "").find((own) => files.has(own)) ?? []);
  const resources = named(...RESOURCES);
  const images = documents.flatMap((document) => itemsOf(childAt(document, "images"))).map(keyOf);
  return {
    path,
    manifests: resources.filter((one) => files.has(one)),
    parts: kustomizations(resources),
    components: kustomizations(named("components")),
    images: new Set(images.filter((key) => key !== undefined)),
  };
}

/** A component changes what the kustomization is made of that has it, and not only what it brings itself. */
function withComponents(one: Kustomization, all: ReadonlyMap<string, Kustomization>): Kustomization {
  const components = one.components.slice(0, DEEPEST).flatMap((path) => all.get(path) ?? []);
  if (components.length === 0) return one;
  return {
    ...one,
    parts: [...one.parts, ...one.components],
    images: new Set([...one.images, ...components.flatMap(({ images }) => [...images].slice(0, MOST))]),
  };
}

function pathOf(name: string, from: string): string | undefined {
  return name === "" || name.length > LONGEST ? undefined : joinPath(folderOf(from), name);
}

function keyOf(image: YamlNode): string | undefined {
  const reference = parseReference(textOf(childAt(image, "name")) ?? "");
  return reference && imageKey(reference);
}
