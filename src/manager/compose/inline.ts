import { type InlineText, offsetOf } from "../dockerfile/inline.ts";
import type { YamlScalar } from "../syntax/yaml/tree.ts";

/**
 * The Dockerfile that stands in a scalar, as Compose hands it on: `$$` is `$`. `undefined` where it has variables of Compose's, or
 * is written so that its lines do not stand in the file as they are.
 */
export function inlineDockerfile(file: string, scalar: YamlScalar): InlineText | undefined {
  const inline = scalar.isExact
    ? { text: scalar.value, stretches: [{ at: 0, offset: scalar.start }] }
    : blockText(file, scalar);
  return inline && withoutEscapes(inline);
}

/** The lines of a literal block, each where it stands behind its indentation. */
function blockText(file: string, { value, block }: YamlScalar): InlineText | undefined {
  if (block === undefined) return undefined;
  const stretches: { at: number; offset: number }[] = [];
  const lines = file.slice(block.start, block.end).split("\n");
  let at = 0;
  let start = block.start;
  for (const [i, text] of value.split("\n").entries()) {
    const line = (lines[i] ?? "").replace(/\r$/, "");
    if (!line.endsWith(text)) return undefined;
    stretches.push({ at, offset: start + line.length - text.length });
    at += text.length + 1;
    start += (lines[i] ?? "").length + 1;
  }
  return { text: value, stretches };
}

function withoutEscapes(inline: InlineText): InlineText | undefined {
  const parts = inline.text.split("$$");
  // Before anything else, as in `$(date)`, it stands for itself.
  if (parts.some((part) => /\$[A-Za-z_{]/.test(part))) return undefined;
  const cuts: { at: number; from: number; offset: number }[] = [];
  let from = 0;
  for (const [i, part] of parts.slice(0, -1).entries()) {
    from += part.length + (i === 0 ? 0 : 2);
    cuts.push({ at: from - i, from, offset: offsetOf(inline, from + 1) });
  }
  let passed = 0;
  const own = inline.stretches.map(({ at, offset }) => {
    while ((cuts[passed]?.from ?? Number.POSITIVE_INFINITY) < at) passed += 1;
    return { at: at - passed, offset };
  });
  const stretches = [...own, ...cuts.map(({ at, offset }) => ({ at, offset }))].sort((a, b) => a.at - b.at);
  return { text: parts.join("$"), stretches };
}
