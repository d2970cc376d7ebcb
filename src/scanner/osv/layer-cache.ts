import { createLru } from "../../core/lru.ts";
import type { Digest } from "../../core/reference.ts";
import type { LayerFiles } from "./layer.ts";

/** Keeps what single layers hold: images of one base share their layers, and a layer never changes. */
export interface LayerCache {
  get(digest: Digest): LayerFiles | undefined;
  set(digest: Digest, layer: LayerFiles): void;
}

/** UTF-16 units of text. */
const MOST_TEXT = 64 * 1024 ** 2;
const MOST_LAYERS = 64 * 1024;

/** An empty cache, which forgets the layers that were not asked for lately. */
export function createLayerCache(): LayerCache {
  const layers = createLru<Digest, LayerFiles>({ entries: MOST_LAYERS, cost: MOST_TEXT });
  return { get: layers.get, set: (digest, layer) => layers.set(digest, layer, lengthOf(layer)) };
}

function lengthOf({ files, removed }: LayerFiles): number {
  return [...files.keys(), ...files.values(), ...removed].reduce((sum, text) => sum + text.length, 0);
}
