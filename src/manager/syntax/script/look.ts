import type { Token } from "./tokens.ts";
import type { Group, Item } from "./tree.ts";

/** Statements, one a line or with semicolons between; a line that begins with a point goes on with the one before it. */
export function statementsOf(items: readonly Item[]): readonly (readonly Item[])[] {
  const statements: Item[][] = [];
  let isNew = true;
  for (const item of items) {
    if (isMark(item, ";")) {
      isNew = true;
      continue;
    }
    if (isNew || (item.isFirst && !isMark(item, "."))) statements.push([]);
    statements.at(-1)?.push(item);
    isNew = false;
  }
  return statements;
}

/** The arguments of a call, with commas between: what each is named, if it is, and what it is. */
export function argumentsOf(
  group: Group,
  sign: ":" | "=",
): readonly { readonly name?: string; readonly value: readonly Item[] }[] {
  const all: Item[][] = [[]];
  for (const item of group.items) {
    if (isMark(item, ",")) all.push([]);
    else all.at(-1)?.push(item);
  }
  return all.map(([first, second, ...rest]) =>
    isName(first) && isMark(second, sign)
      ? { name: first.value, value: rest }
      : { value: [first, second, ...rest].filter((item) => item !== undefined) },
  );
}

/** The one text that items are, in round brackets or without. */
export function textIn(items: readonly Item[]): Token | undefined {
  const [only, ...others] = items;
  if (others.length > 0) return undefined;
  if (only?.kind === "group") return only.open === "(" ? textIn(only.items) : undefined;
  return only?.kind === "text" ? only : undefined;
}

/** All lists of items of a program: its own, and those of every group. */
export function* everyList(items: readonly Item[]): Iterable<readonly Item[]> {
  yield items;
  for (const item of items) if (item.kind === "group") yield* everyList(item.items);
}

export function isName(item: Item | undefined, value?: string): item is Token {
  return item?.kind === "name" && (value === undefined || item.value === value);
}

export function isMark(item: Item | undefined, value: string): item is Token {
  return item?.kind === "mark" && item.value === value;
}

/** What stands between brackets of this kind. */
export function isGroup(item: Item | undefined, open: "(" | "[" | "{"): item is Group {
  return item?.kind === "group" && item.open === open;
}
