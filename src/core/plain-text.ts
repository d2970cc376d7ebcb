/** Line ends, tabs and other control characters, and anything else that is only space. */
const SPACES = /[\p{Cc}\p{Z}\s]+/gu;
/** What is not seen and changes what is: direction marks, joiners, tags; and what is no character at all. */
const INVISIBLE = /[\p{Cf}\p{Cs}\p{Co}]/gu;

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
