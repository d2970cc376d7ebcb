import { matchesGlob } from "../core/text/glob.ts";

/** Patterns longer than this are refused where configuration is read. */
export const LONGEST_GLOB = 256;

/**
 * Compiles a glob over names with `/`, part by part: `*` and `?` within a part, as in core's globs; a part `**` stands for
 * any number of parts, and at the end for at least one (`a/**`: everything below `a`). Everything else, dots included, is
 * matched as it stands. Like core's, it takes the product of both lengths at most: only the last `**` is ever widened.
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  const written = pattern.split("/");
  const parts = written.at(-1) === "**" ? [...written, "*"] : written;
  return (text) => matchesParts(parts, text.split("/"));
}

function matchesParts(pattern: readonly string[], parts: readonly string[]): boolean {
  let at = 0;
  let index = 0;
  let star = -1;
  let resume = 0;
  while (index < parts.length) {
    const wanted = pattern[at];
    if (wanted === "**") {
      star = at;
      resume = index;
      at += 1;
    } else if (wanted !== undefined && matchesGlob(wanted, parts[index] ?? "")) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      at = star + 1;
      resume += 1;
      index = resume;
    } else return false;
  }
  return pattern.slice(at).every((part) => part === "**");
}
