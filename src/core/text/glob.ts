/**
 * Whether the whole text matches a pattern of `*` (any run of characters) and `?` (any one). Takes at most the product of
 * both lengths: the last `*` alone is widened, never an earlier one.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < text.length) {
    if (pattern[p] === "*") {
      star = p;
      resume = t;
      p += 1;
    } else if (p < pattern.length && (pattern[p] === "?" || pattern[p] === text[t])) {
      p += 1;
      t += 1;
    } else if (star >= 0) {
      p = star + 1;
      resume += 1;
      t = resume;
    } else return false;
  }
  while (pattern[p] === "*") p += 1;
  return p === pattern.length;
}

/** The directory of `path` that a pattern such as `services/*` names, part by part; `undefined` when it names none. */
export function directoryMatching(pattern: string, path: string): string | undefined {
  const parts = pattern.split("/").filter((part) => part !== "");
  const directories = path.split("/").slice(0, -1).slice(0, parts.length);
  if (parts.length === 0 || directories.length < parts.length) return undefined;
  return parts.every((part, i) => matchesGlob(part, directories[i] ?? "")) ? directories.join("/") : undefined;
}
