/** Line ends, tabs and other control characters, and anything else that is only space: braille without dots is, too. */
const SPACES = /[\p{Cc}\p{Z}\s\u2800]+/gu;
/**
 * What is not seen and changes what is: direction marks, joiners, fillers, selectors and tags (Unicode's own list of what
 * a display may ignore, and its format characters); and what is no character at all.
 */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Cs}\p{Co}]/gu;
/** The same, and what ends a line or is obeyed by a terminal. */
const OBEYED = new RegExp(`[\\p{Cc}\\p{Zl}\\p{Zp}]|${INVISIBLE.source}`, "gu");

/**
 * `text` from outside as one line that shows all it holds: control characters and runs of space become one space,
 * invisible and direction-changing characters are dropped. At most `max` UTF-16 units, the last one `…` where it was cut.
 */
export function plainText(text: string, max: number): string {
  const enough = text.slice(0, max * 4);
  const line = enough.replace(INVISIBLE, "").replace(SPACES, " ").trim();
  if (line.length <= max && enough.length === text.length) return line;
  return `${line.slice(0, max - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

/**
 * `value` as JSON on one line (RFC 8259), with everything escaped (`\uXXXX`) that is not seen or that a terminal would obey:
 * JSON itself allows most of it as it is.
 */
export function plainJson(value: unknown): string {
  return JSON.stringify(value).replace(OBEYED, (character) =>
    Array.from({ length: character.length }, (_, at) => escapeUnit(character.charCodeAt(at))).join(""),
  );
}

function escapeUnit(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
