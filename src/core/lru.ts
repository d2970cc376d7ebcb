/** A map that forgets what has not been used for longest when it holds more than it may. */
export interface Lru<K, V> {
  get(key: K): V | undefined;
  /** Keeps `value`, which costs `cost` of whatever the bound counts. One that costs more than the bound is not kept. */
  set(key: K, value: V, cost: number): void;
}

/** An empty map of at most so many entries, which together cost no more than `cost`. */
export function createLru<K, V>(most: { readonly entries: number; readonly cost: number }): Lru<K, V> {
  // A Map keeps the order of insertion: what is used is inserted anew, so the first is the oldest.
  const kept = new Map<K, { readonly value: V; readonly cost: number }>();
  let total = 0;

  function forget(key: K): void {
    total -= kept.get(key)?.cost ?? 0;
    kept.delete(key);
  }

  return {
    get(key) {
      const entry = kept.get(key);
      if (entry === undefined) return undefined;
      kept.delete(key);
      kept.set(key, entry);
      return entry.value;
    },
    set(key, value, cost) {
      forget(key);
      if (cost > most.cost) return;
      kept.set(key, { value, cost });
      total += cost;
      for (const oldest of kept.keys()) {
        if (total <= most.cost && kept.size <= most.entries) return;
        forget(oldest);
      }
    },
  };
}
