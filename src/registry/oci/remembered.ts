import { createLru } from "../../core/lru.ts";
import { type Digest, type ImageName, imageKey } from "../../core/reference.ts";
import type { OciLimits } from "./limits.ts";

/** What the bytes that a digest names say. */
export interface Content<T> {
  readonly value: T;
  /** Bytes. */
  readonly size: number;
}

/**
 * Answers from memory what was read before under the name and digest, and otherwise by `read`, which must have verified it;
 * once, however many ask meanwhile. That there is nothing is not remembered, and neither is a failure.
 */
export type Remembered<T> = (
  name: ImageName,
  digest: Digest,
  read: () => Promise<Content<T> | undefined>,
) => Promise<T | undefined>;

/** An empty memory. A digest never names anything else, so what was verified once holds; what is not used is forgotten. */
export function createRemembered<T>({
  cachedEntries,
  cachedBytes,
}: Pick<OciLimits, "cachedEntries" | "cachedBytes">): Remembered<T> {
  const kept = createLru<string, T>({ entries: cachedEntries, cost: cachedBytes });
  const underWay = new Map<string, Promise<T | undefined>>();

  return (name, digest, read) => {
    const key = `${imageKey(name)}@${digest}`;
    const known = kept.get(key);
    if (known !== undefined) return Promise.resolve(known);
    const joined = underWay.get(key);
    if (joined !== undefined) return joined;
    const reading = read()
      .then((content) => {
        if (content !== undefined) kept.set(key, content.value, content.size);
        return content?.value;
      })
      .finally(() => underWay.delete(key));
    underWay.set(key, reading);
    return reading;
  };
}
