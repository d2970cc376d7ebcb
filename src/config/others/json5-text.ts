/** A half-open range of UTF-16 units. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/**
 * Where the values of an object stand in a text of JSON5 that is known to be in order, by their keys; the object begins with
 * the brace at `at`. Of a key that stands twice the last counts, as with every reader.
 */
export function membersAt(text: string, at: number): ReadonlyMap<string, TextRange> {
  const members = new Map<string, TextRange>();
  let next = afterSpace(text, at + 1);
  while (next < text.length && text[next] !== "}") {
    const key = { start: next, end: afterValue(text, next) };
    const start = afterSpace(text, afterSpace(text, key.end) + 1);
    const end = afterValue(text, start);
    members.set(text.slice(key.start, key.end).replace(/^(["'])(.*)\1$/s, "$2"), { start, end });
    next = afterComma(text, end);
  }
  return members;
}

/** The same of a list: where its elements stand. */
export function elementsAt(text: string, at: number): readonly TextRange[] {
  const elements: TextRange[] = [];
  let next = afterSpace(text, at + 1);
  while (next < text.length && text[next] !== "]") {
    const end = afterValue(text, next);
    elements.push({ start: next, end });
    next = afterComma(text, end);
  }
  return elements;
}

/** The first character from `at` on that is neither space nor comment. */
export function afterSpace(text: string, at: number): number {
  let next = at;
  for (;;) {
    if (text.startsWith("//", next)) next = endOf(text, "\n", next);
    else if (text.startsWith("/*", next)) next = endOf(text, "*/", next + 2);
    else if (next < text.length && /[\s\uFEFF]/.test(text.charAt(next))) next += 1;
    else return next;
  }
}

function afterComma(text: string, at: number): number {
  const next = afterSpace(text, at);
  return text[next] === "," ? afterSpace(text, next + 1) : next;
}

/** Behind a value or a key: brackets and strings as a whole, anything else up to what ends it. */
function afterValue(text: string, at: number): number {
  let depth = 0;
  let next = at;
  do {
    const character = text.charAt(next);
    if (character === '"' || character === "'") next = afterString(text, next);
    else if ("{[".includes(character)) [depth, next] = [depth + 1, next + 1];
    else if ("}]".includes(character)) [depth, next] = [depth - 1, next + 1];
    else next = afterWord(text, next);
    if (depth > 0) next = afterSpace(text, next);
  } while (depth > 0 && next < text.length);
  return next;
}

function afterWord(text: string, at: number): number {
  const word = /[^\s\uFEFF{}[\]"',:/]*/y;
  word.lastIndex = at;
  word.test(text);
  return Math.max(word.lastIndex, at + 1);
}

function afterString(text: string, at: number): number {
  const quote = text.charAt(at);
  let next = at + 1;
  while (next < text.length && text[next] !== quote) next += text[next] === "\\" ? 2 : 1;
  return next + 1;
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
}
