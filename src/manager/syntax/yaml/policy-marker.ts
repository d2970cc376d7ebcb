import { reason } from "../../../core/reason.ts";
import type { FoundUse } from "../../use/found.ts";
import type { YamlFile } from "./tree.ts";

/** Where Flux's image automation writes: https://fluxcd.io/flux/guides/image-update/#configure-image-update-for-custom-resources */
const MARKER = /#[ \t]*\{[ \t]*"\$imagepolicy"[ \t]*:[ \t]*"([^"\n]{1,128})/;

/** The uses, with those held that stand on a line which Flux's image automation keeps: one writer per field. */
export function holdMarked(file: YamlFile, found: readonly FoundUse[]): readonly FoundUse[] {
  if (!file.text.includes('"$imagepolicy"')) return found;
  const markers = new Map<number, string | undefined>();
  const markerAt = (offset: number): string | undefined => {
    const line = file.lineOf(offset);
    if (!markers.has(line)) markers.set(line, markerAfter(file.text, offset));
    return markers.get(line);
  };
  return found.map((one) => {
    const { use, origin, fields } = one;
    if (use.blocked !== undefined) return one;
    const places = [use.span, origin, fields?.tag, fields?.digest].filter((place) => place !== undefined);
    const marker = places.map(({ start }) => markerAt(start)).find((policy) => policy !== undefined);
    if (marker === undefined) return one;
    const blocked = { state: "held", reason: reason("two-writers", `Flux image policy ${marker}`) } as const;
    return { use: { ...use, blocked } };
  });
}

/** What is marked behind an offset, on the same line. */
function markerAfter(text: string, offset: number): string | undefined {
  const end = text.indexOf("\n", offset);
  return MARKER.exec(text.slice(offset, end === -1 ? text.length : end))?.[1];
}
