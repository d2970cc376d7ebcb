/** Patterns longer than this are refused where configuration is read. */
export const LONGEST_GLOB = 256;

type Step = { readonly kind: "literal"; readonly character: string } | { readonly kind: "one" | "segment" | "any" };

/**
 * Compiles a glob over names with `/`: `*` matches within one segment, `**` across segments (`a/**` everything below `a`,
 * `**` followed by `/` also nothing at all), `?` one character. Everything else, dots included, is matched as it stands.
 * Matching takes time proportional to pattern × text at worst: it never goes back.
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  const steps = parse(pattern);
  return (text) => matches(steps, text);
}

function parse(pattern: string): readonly Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character === "?") steps.push({ kind: "one" });
    else if (character !== "*") steps.push({ kind: "literal", character });
    else if (pattern[at + 1] !== "*") steps.push({ kind: "segment" });
    else {
      while (pattern[at + 1] === "*") at++;
      steps.push({ kind: "any" });
    }
  }
  return steps;
}

/** Runs all readings of the pattern at once: `open` holds the steps that the text read so far may have reached. */
function matches(steps: readonly Step[], text: string): boolean {
  let open = new Set<number>();
  reach(steps, open, 0, true);
  for (let at = 0; at < text.length && open.size > 0; at++) {
    const character = text.charAt(at);
    const next = new Set<number>();
    for (const index of open) {
      const step = steps[index];
      if (step === undefined || !accepts(step, character)) continue;
      const repeats = step.kind === "segment" || step.kind === "any";
      reach(steps, next, repeats ? index : index + 1, character === "/");
    }
    open = next;
  }
  return open.has(steps.length);
}

/** Adds a step, and those behind it that need no character. `boundary`: a segment starts here. */
function reach(steps: readonly Step[], open: Set<number>, from: number, boundary: boolean): void {
  let index = from;
  while (!open.has(index)) {
    open.add(index);
    const step = steps[index];
    if (step?.kind !== "segment" && step?.kind !== "any") return;
    const slash = steps[index + 1];
    const skips = step.kind === "any" && boundary && slash?.kind === "literal" && slash.character === "/";
    if (skips) reach(steps, open, index + 2, boundary);
    index++;
  }
}

function accepts(step: Step, character: string): boolean {
  if (step.kind === "literal") return step.character === character;
  return step.kind === "any" || character !== "/";
}
