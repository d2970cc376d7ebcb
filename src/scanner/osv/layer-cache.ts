import type { Digest } from "../../core/reference.ts";
import type { LayerFiles } from "./layer.ts";

/** Keeps what single layers hold: images of one base share their layers, and a layer never changes. */
export interface LayerCache {
  get(digest: Digest): LayerFiles | undefined;
  set(digest: Digest, layer: LayerFiles): void;
}

/** UTF-16 units of text. */
const MOST_KEPT = 64 * 1024 ** 2;
/** What a layer costs that holds nothing of interest, as most do. */
const LEAST_COST = 1024;

/** A cache that forgets what came first when it holds more than `most`. */
export function createLayerCache(most: number = MOST_KEPT): LayerCache {
  const layers = new Map<Digest, LayerFiles>();
  let kept = 0;
  return {
    get: (digest) => layers.get(digest),
    set(digest, layer) {
      if (layers.has(digest)) return;
      layers.set(digest, layer);
      kept += costOf(layer);
      for (const [oldest, forgotten] of layers) {
        if (kept <= most) return;
        layers.delete(oldest);
        kept -= costOf(forgotten);
      }
    },
  };
}

function costOf({ files, removed }: LayerFiles): number {
  const texts = [...files.keys(), ...files.values(), ...removed];
  return texts.reduce((sum, text) => sum + text.length, LEAST_COST);
}
