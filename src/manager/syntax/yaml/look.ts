import type { YamlAlias, YamlList, YamlMap, YamlNode, YamlScalar } from "./tree.ts";

/** How often one alias may lead to another. */
const MOST_HOPS = 8;

/** What a node is once its aliases are followed. */
export function follow(node: YamlNode | undefined): Exclude<YamlNode, YamlAlias> | undefined {
  let now = node;
  for (let hops = 0; now?.kind === "alias" && hops < MOST_HOPS; hops += 1) now = now.target;
  return now?.kind === "alias" ? undefined : now;
}

/**
 * The value that keys lead to, from map to map; where a map has no such key, the nearest of those that `<<` merges in.
 * `undefined` where there is none.
 */
export function valueAt(node: YamlNode | undefined, ...keys: readonly string[]): YamlNode | undefined {
  return keys.reduce<YamlNode | undefined>((now, key) => find(now, key, new Set()), node);
}

/** How many maps may be merged into one: each is looked at once, however often it is merged in. */
const MOST_MERGED = 64;

function find(node: YamlNode | undefined, key: string, seen: Set<YamlMap>): YamlNode | undefined {
  const map = mapIn(node);
  if (map === undefined || seen.has(map) || seen.size === MOST_MERGED) return undefined;
  seen.add(map);
  const own = map.entries.get(key);
  if (own !== undefined) return own;
  for (const other of map.merged) {
    const found = find(other, key, seen);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * What stands below a node under these keys, in the file itself: neither aliases nor merges are followed. All lists and maps are
 * walked by this, so that each is walked once: through aliases, a few lines could stand for any number.
 */
export function childAt(node: YamlNode | undefined, ...keys: readonly string[]): YamlNode | undefined {
  return keys.reduce<YamlNode | undefined>(
    (now, key) => (now?.kind === "map" ? now.entries.get(key) : undefined),
    node,
  );
}

/** A map's own entries, in order; none where no map stands. */
export function entriesOf(node: YamlNode | undefined): readonly (readonly [key: string, value: YamlNode])[] {
  return node?.kind === "map" ? [...node.entries] : [];
}

/** A list's items; none where no list stands. */
export function itemsOf(node: YamlNode | undefined): readonly YamlNode[] {
  return node?.kind === "list" ? node.items : [];
}

/** The text of a scalar; `undefined` where it is none. */
export function textOf(node: YamlNode | undefined): string | undefined {
  const found = follow(node);
  return found?.kind === "scalar" ? found.value : undefined;
}

/** Whether a scalar says that there is nothing. */
export function isNull({ value, isPlain }: YamlScalar): boolean {
  return isPlain && /^(?:~|null)$/i.test(value);
}

export function isMap(node: YamlNode | undefined): boolean {
  return mapIn(node) !== undefined;
}

export function isText(node: YamlNode | undefined): node is YamlScalar | YamlAlias {
  return follow(node)?.kind === "scalar";
}

function mapIn(node: YamlNode | undefined): YamlMap | undefined {
  const found: YamlScalar | YamlMap | YamlList | undefined = follow(node);
  return found?.kind === "map" ? found : undefined;
}
