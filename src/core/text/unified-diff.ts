const CONTEXT = 3;

/** A line of a diff: kept, removed or added. */
interface DiffLine {
  readonly sign: " " | "-" | "+";
  readonly text: string;
}

/**
 * What turns one text into another, as a unified diff that `git apply` and `patch` take: for edits that only add in one place
 * or only remove; of anything else all lines between the first and the last that differ are replaced. `path`: with `/`. An
 * empty `after` removes the file.
 */
export function unifiedDiff(path: string, before: string, after: string): string {
  const lines = diffLines(linesOf(before), linesOf(after));
  const hunks = hunksOf(lines).map((hunk) => formatHunk(lines, hunk));
  const to = after === "" ? "/dev/null" : `b/${path}`;
  const mode = after === "" ? "deleted file mode 100644\n" : "";
  return `diff --git a/${path} b/${path}\n${mode}--- a/${path}\n+++ ${to}\n${hunks.join("")}`;
}

/** Each with its line end: the last may have none. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function diffLines(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const shortest = Math.min(before.length, after.length);
  let start = 0;
  while (start < shortest && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shortest - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const kept = (lines: readonly string[]) => lines.map((text): DiffLine => ({ sign: " ", text }));
  const middle = changed(before.slice(start, before.length - end), after.slice(start, after.length - end));
  return [...kept(before.slice(0, start)), ...middle, ...kept(before.slice(before.length - end))];
}

/** Where lines are only removed, those that stay are kept. */
function changed(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  let next = 0;
  const lines = before.map((text): DiffLine => {
    const stays = text === after[next];
    if (stays) next += 1;
    return { sign: stays ? " " : "-", text };
  });
  if (next === after.length) return lines;
  return [
    ...before.map((text): DiffLine => ({ sign: "-", text })),
    ...after.map((text): DiffLine => ({ sign: "+", text })),
  ];
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Ranges of lines around what changes, those that touch in one. */
function hunksOf(lines: readonly DiffLine[]): readonly Range[] {
  const hunks: Range[] = [];
  for (const [at, { sign }] of lines.entries()) {
    if (sign === " ") continue;
    const range = { start: Math.max(0, at - CONTEXT), end: Math.min(lines.length, at + CONTEXT + 1) };
    const last = hunks.at(-1);
    if (last === undefined || range.start > last.end) hunks.push(range);
    else hunks[hunks.length - 1] = { start: last.start, end: range.end };
  }
  return hunks;
}

function formatHunk(lines: readonly DiffLine[], { start, end }: Range): string {
  const shown = lines.slice(start, end);
  const count = (some: readonly DiffLine[], other: "+" | "-") => some.filter(({ sign }) => sign !== other).length;
  const side = (other: "+" | "-") => {
    const many = count(shown, other);
    const first = count(lines.slice(0, start), other) + (many === 0 ? 0 : 1);
    return `${first},${many}`;
  };
  const body = shown.map(({ sign, text }) =>
    text.endsWith("\n") ? `${sign}${text}` : `${sign}${text}\n\\ No newline at end of file\n`,
  );
  return `@@ -${side("+")} +${side("-")} @@\n${body.join("")}`;
}
