import { childrenAt, everyElement } from "../syntax/xml/look.ts";
import type { XmlElement, XmlText } from "../syntax/xml/tree.ts";

/** No part of a reference is longer. */
const LONGEST = 1024;

/** What the `<properties>` of a POM say, by name: of one that is set in several places (profiles), or is no part of a reference, nothing. */
export type Properties = ReadonlyMap<string, XmlText | undefined>;

/** All properties that a POM sets itself: https://maven.apache.org/pom.html#properties */
export function propertiesOf(root: XmlElement): Properties {
  const all = new Map<string, XmlText | undefined>();
  for (const element of everyElement(root)) {
    for (const { children } of childrenAt(element, "properties")) {
      for (const { name, text } of children) {
        const isUsable = !all.has(name) && text !== undefined && text.value.length <= LONGEST;
        all.set(name, isUsable ? text : undefined);
      }
    }
  }
  return all;
}
