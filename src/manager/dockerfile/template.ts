/** What stands for the text of an action: no white space, so that it stays in its word, and nothing that anybody writes. */
const UNKNOWN = "\uE000";

/** Go, Jinja, ERB; names between percent signs, as in many scripts, or between at signs, as of autoconf. */
const OPENING = /\{[{%#]|<%|%%\w{1,64}%%|@[A-Z][A-Z0-9_]{0,63}@/g;
const CLOSING: Readonly<Record<string, string>> = { "{{": "}}", "{%": "%}", "{#": "#}", "<%": "%>" };
const STARTS = /^\s*(?:\{[{%#]|<%|%%\w{1,64}%%|@[A-Z][A-Z0-9_]{0,63}@)/;
const ONLY_UNKNOWN = /^[ \t\r\uE000]*$/;

/** Whether a line that Docker cannot read is one of a template. */
export function isTemplateLine(line: string): boolean {
  return STARTS.test(line.slice(0, 128));
}

/** The first stretch of a text that a template fills in, if any. */
export function templateIn(text: string): string | undefined {
  const [first] = actionsOf(text);
  return first === undefined ? undefined : text.slice(first.start, first.end);
}

/**
 * A text of the same length that is a Dockerfile where the template is, once it is filled in: what actions come to is unknown, and
 * lines that have nothing else are blank. Takes time in proportion to the text.
 */
export function maskActions(text: string): string {
  const parts: string[] = [];
  let last = 0;
  for (const { start, end } of actionsOf(text)) {
    parts.push(text.slice(last, start), text.slice(start, end).replace(/[^\r\n]/g, UNKNOWN));
    last = end;
  }
  const masked = parts.join("") + text.slice(last);
  return masked
    .split("\n")
    .map((line) => (ONLY_UNKNOWN.test(line) ? line.replaceAll(UNKNOWN, " ") : line))
    .join("\n");
}

/** Whether a part of a masked text is unknown. */
export function isUnknown(text: string): boolean {
  return text.includes(UNKNOWN);
}

interface Action {
  readonly start: number;
  readonly end: number;
}

function* actionsOf(text: string): Generator<Action, undefined> {
  const unclosed = new Set<string>();
  let from = 0;
  for (const { 0: mark, index } of text.matchAll(OPENING)) {
    const closing = CLOSING[mark];
    if (index < from || (closing !== undefined && unclosed.has(closing))) continue;
    const close = closing === undefined ? index + mark.length : text.indexOf(closing, index + mark.length);
    if (close === -1) unclosed.add(closing ?? "");
    else {
      from = close + (closing?.length ?? 0);
      yield { start: index, end: from };
    }
  }
}
