/** What a quote, or a comment, may follow within brackets: what stands elsewhere is a character like others. */
const BEFORE_TOKEN = /[\s[\]{},:]/;

/**
 * The text with all of what a bracket or a quote at `from` opens on one line: line ends and comments become spaces, so that
 * every place stays where it is. Go's readers of YAML take such text however far it is indented, which YAML itself does not.
 * `undefined` where nothing closes it, or nothing would change.
 */
export function joinLines(text: string, from: number): string | undefined {
  const end = endOf(text, from);
  if (end === undefined) return undefined;
  const before = text.slice(from, end);
  const joined = blankComments(before).replace(/[\r\n]/g, " ");
  return joined === before ? undefined : text.slice(0, from) + joined + text.slice(end);
}

/** Where what is opened at `from` is closed; `undefined` where it never is. */
function endOf(text: string, from: number): number | undefined {
  let depth = 0;
  let at = from;
  while (at < text.length) {
    const character = text[at] ?? "";
    if (isQuote(text, at, from)) {
      const close = endOfQuoted(text, at);
      if (close === undefined) return undefined;
      at = close;
    } else if (isComment(text, at)) at = lineEndFrom(text, at);
    else {
      if (character === "[" || character === "{") depth += 1;
      if (character === "]" || character === "}") depth -= 1;
      at += 1;
    }
    if (depth === 0) return at;
  }
  return undefined;
}

function blankComments(flow: string): string {
  const parts: string[] = [];
  let last = 0;
  let at = 0;
  while (at < flow.length) {
    if (isQuote(flow, at, 0)) at = endOfQuoted(flow, at) ?? flow.length;
    else if (isComment(flow, at)) {
      const end = lineEndFrom(flow, at);
      parts.push(flow.slice(last, at), " ".repeat(end - at));
      last = at = end;
    } else at += 1;
  }
  return parts.join("") + flow.slice(last);
}

function isQuote(text: string, at: number, from: number): boolean {
  const character = text[at];
  return (character === '"' || character === "'") && (at === from || BEFORE_TOKEN.test(text[at - 1] ?? ""));
}

function isComment(text: string, at: number): boolean {
  return text[at] === "#" && /\s/.test(text[at - 1] ?? "");
}

/** Behind the quote that closes the one at `from`: a quote stands twice in single quotes, behind a backslash in double ones. */
function endOfQuoted(text: string, from: number): number | undefined {
  const quote = text[from];
  for (let at = from + 1; at < text.length; at += 1) {
    if (quote === '"' && text[at] === "\\") at += 1;
    else if (text[at] === quote) {
      if (quote === '"' || text[at + 1] !== quote) return at + 1;
      at += 1;
    }
  }
  return undefined;
}

function lineEndFrom(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end === -1 ? text.length : end;
}
