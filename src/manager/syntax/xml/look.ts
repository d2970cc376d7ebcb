import type { XmlElement } from "./tree.ts";

/** The first element that these names lead to, from child to child. */
export function childAt(element: XmlElement | undefined, ...names: readonly string[]): XmlElement | undefined {
  return names.reduce<XmlElement | undefined>(
    (now, name) => now?.children.find((child) => child.name === name),
    element,
  );
}

/** All children of a name. */
export function childrenAt(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** The element and all that stand in it, in the order of the file. */
export function* everyElement(element: XmlElement): Iterable<XmlElement> {
  yield element;
  for (const child of element.children) yield* everyElement(child);
}
