/** What an action stands for that is a value, or a part of one: a character that YAML allows, and nobody writes. */
const UNKNOWN = "\uE000";

/** What an action does that stands for no text of its own: https://pkg.go.dev/text/template#hdr-Actions */
const CONTROL =
  /\{\{-?\s*(?:(?:if|else|end|range|with|define|block|break|continue)\b|\/\*|\$\w*\s*(?:,\s*\$\w+\s*)?:?=(?!=))/y;
/** An action whose text begins on a line of its own: what stands before it has no value on this line. */
const BELOW = /\bnindent\s+\S+\s*-?\}\}$/;
/** What a block begins with that has lines of its own. */
const BLOCK = /(?:^|[\s-])[|>][-+\d]{0,2}[ \t]*\r?$/;
const LONGEST_HEADER = 1_024;
const BLANK = /^[ \t\r]*$/;
const NOT_LINE_END = /[^\r\n]/g;

interface Action {
  readonly start: number;
  readonly end: number;
  readonly isControl: boolean;
}

/**
 * A text of the same length that is YAML where the template is, once it is filled in: what actions stand for is unknown,
 * and actions that stand for whole lines, or for nothing, are spaces. Line ends stay. `unclosed` is where an action begins
 * that has no end. Takes time in proportion to the text.
 */
export function maskTemplate(text: string): { readonly masked: string; readonly unclosed?: number } {
  const { actions, unclosed } = actionsOf(text);
  const parts: string[] = [];
  let last = 0;
  for (const line of linesOf(text, actions)) {
    for (const [action, isBlank] of isBlankEach(text, line)) {
      parts.push(text.slice(last, action.start), fill(text.slice(action.start, action.end), isBlank));
      last = action.end;
    }
  }
  return { masked: parts.join("") + text.slice(last), ...(unclosed !== undefined && { unclosed }) };
}

/** What follows the first line of an action is always spaces: a value would go on there. */
function fill(action: string, isBlank: boolean): string {
  if (isBlank) return action.replace(NOT_LINE_END, " ");
  const [first = ""] = /^[^\r\n]*/.exec(action) ?? [];
  return UNKNOWN.repeat(first.length) + action.slice(first.length).replace(NOT_LINE_END, " ");
}

/** The actions that stand on one line together. */
function* linesOf(text: string, actions: readonly Action[]): Iterable<readonly Action[]> {
  let line: Action[] = [];
  for (const action of actions) {
    const before = line.at(-1);
    if (before !== undefined && text.slice(before.end, action.start).includes("\n")) {
      yield line;
      line = [];
    }
    line.push(action);
  }
  if (line.length > 0) yield line;
}

/** Which of a line's actions leave nothing on it. */
function isBlankEach(text: string, line: readonly Action[]): readonly (readonly [Action, boolean])[] {
  const first = line[0]?.start ?? 0;
  const last = line.at(-1)?.end ?? 0;
  const lineEnd = text.indexOf("\n", last);
  const before = text.slice(text.lastIndexOf("\n", first - 1) + 1, first);
  const gaps = line.map(({ start }, at) => (at === 0 ? before : text.slice(line[at - 1]?.end, start)));
  const after = text.slice(last, lineEnd === -1 ? text.length : lineEnd);
  const isAlone = [...gaps, after].every((gap) => BLANK.test(gap));
  if (isAlone) return line.map((action) => [action, !opensBlock(text, first, before.length)]);
  if (
    /:[ \t]+$/.test(before.slice(-8)) &&
    [...gaps.slice(1), after].every((gap) => BLANK.test(gap)) &&
    goesBelow(text, line)
  )
    return line.map((action) => [action, true]);
  const leading = leadingControls(line, gaps);
  const trailing = BLANK.test(after) ? leadingControls(line.toReversed(), ["", ...gaps.slice(1).toReversed()]) : 0;
  return line.map((action, at) => [action, at < leading || at >= line.length - trailing]);
}

/** Whether a value begins on the lines below its key: the template indents it. */
function goesBelow(text: string, line: readonly Action[]): boolean {
  return line.some(({ start, end }) => BELOW.test(text.slice(Math.max(start, end - 64), end)));
}

/**
 * Whether a line is the first of a block (`key: |`): spaces there could be more than its other lines begin with, which YAML
 * refuses.
 */
function opensBlock(text: string, start: number, column: number): boolean {
  const end = start - column - 1;
  const header = text.slice(Math.max(text.lastIndexOf("\n", end - 1) + 1, end - LONGEST_HEADER), Math.max(end, 0));
  return BLOCK.test(header.slice(-16)) && column > indentOf(header);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** How many actions do, one after the other with nothing before them, without standing for any text. */
function leadingControls(line: readonly Action[], gaps: readonly string[]): number {
  const found = line.findIndex(({ isControl }, at) => !isControl || !BLANK.test(gaps[at] ?? ""));
  return found === -1 ? line.length : found;
}

function actionsOf(text: string): { readonly actions: readonly Action[]; readonly unclosed?: number } {
  const actions: Action[] = [];
  let start = text.indexOf("{{");
  while (start !== -1) {
    const end = endOf(text, start + 2);
    if (end === undefined) return { actions, unclosed: start };
    CONTROL.lastIndex = start;
    actions.push({ start, end, isControl: CONTROL.test(text) });
    start = text.indexOf("{{", end);
  }
  return { actions };
}

/** Where an action ends: strings, and comments, may have braces in them. */
function endOf(text: string, from: number): number | undefined {
  const comment = /-?\s*\/\*/y;
  comment.lastIndex = from;
  if (comment.test(text)) return after(text, "}}", after(text, "*/", comment.lastIndex));
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === "}" && text[at + 1] === "}") return at + 2;
    if (character === "`") at = (after(text, "`", at + 1) ?? text.length) - 1;
    else if (character === '"' || character === "'") at = endOfString(text, at);
  }
  return undefined;
}

/** Where what is looked for ends; `undefined` where it is not, or where there is nowhere to look from. */
function after(text: string, what: string, from: number | undefined): number | undefined {
  const start = from === undefined ? -1 : text.indexOf(what, from);
  return start === -1 ? undefined : start + what.length;
}

/** Where the quote stands that closes the one at `from`; or the line ends, which it may not. */
function endOfString(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text[at] !== text[from] && text[at] !== "\n") at += text[at] === "\\" ? 2 : 1;
  return at;
}
