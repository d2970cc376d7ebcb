import { Unreadable } from "../unreadable.ts";
import type { Language } from "./language.ts";

/** A piece of a program: a name (or a number), a text, or one other character. Comments and blanks are none. */
export interface Token {
  readonly kind: "name" | "text" | "mark";
  /** The name or the character; of a text, what stands between its quotes. */
  readonly value: string;
  /** Where `value` stands: UTF-16 units from the start of the file, half open. */
  readonly start: number;
  readonly end: number;
  /** The same with its quotes. */
  readonly from: number;
  readonly to: number;
  /** Whether a line begins with it. */
  readonly isFirst: boolean;
  /** Of a text: whether `value` means itself, but for what a template fills in. */
  readonly isExact: boolean;
}

const BLANK = /[ \t\f\v\uFEFF]+/y;
const LINE_ENDS = /[\r\n]+/y;
const NAME = /[\p{L}\p{Nd}_$]+/uy;
/** A name between backticks, as Kotlin has them. */
const QUOTED_NAME = /`[^`\n]*`/y;
const COMMENT_MARK = /\/\*|\*\//g;
const CHARACTER = /'(?:\\[^'\n]{1,5}|\\'|[^'\\\n]{1,2})'/y;
/** How often a template may stand in a text that stands in a template. */
const DEEPEST = 16;
/** Groovy's words after which no value stands yet, so that a slash begins a text. */
const WORDS: ReadonlySet<string> = new Set(["return", "in", "case", "assert", "throw", "else", "as", "instanceof"]);

/** The tokens of a program. Throws `Unreadable` where a text or a comment has no end. */
export function tokensOf(text: string, language: Language): readonly Token[] {
  return new Lexer(text, language).tokens();
}

interface Text {
  /** Where it begins, behind what opens it, and what closes it. */
  readonly start: number;
  readonly closing: string;
  readonly isOfOneLine: boolean;
  /** What makes the next character mean itself, if anything. */
  readonly escape: string | undefined;
  readonly hasTemplates: boolean;
}

class Lexer {
  readonly #text: string;
  readonly #language: Language;
  readonly #tokens: Token[] = [];
  #at = 0;
  #isFirst = true;

  constructor(text: string, language: Language) {
    this.#text = text;
    this.#language = language;
    if (text.startsWith("#!")) this.#skipTo("\n");
  }

  tokens(): readonly Token[] {
    while (this.#at < this.#text.length) {
      if (this.#take(LINE_ENDS) !== undefined) this.#isFirst = true;
      else if (this.#take(BLANK) === undefined && !this.#skipComment()) this.#token();
    }
    return this.#tokens;
  }

  #token(): void {
    const from = this.#at;
    const text = this.#textAt(from);
    if (text !== undefined) {
      const end = this.#endOf(text, 0);
      this.#at = end + text.closing.length;
      const isExact = text.escape === undefined || !this.#text.slice(text.start, end).includes(text.escape);
      this.#push("text", from, [text.start, end], isExact);
      return;
    }
    const name = this.#take(NAME) ?? this.#take(QUOTED_NAME);
    const character = this.#language.single === "character" ? this.#take(CHARACTER) : undefined;
    if (name === undefined && character === undefined) this.#at += 1;
    this.#push(name === undefined ? "mark" : "name", from);
  }

  /** Adds what has just been taken; of a text, that between its quotes. */
  #push(kind: Token["kind"], from: number, [start, end] = [from, this.#at], isExact = true): void {
    const value = this.#text.slice(start, end);
    this.#tokens.push({ kind, value, start, end, from, to: this.#at, isFirst: this.#isFirst, isExact });
    this.#isFirst = false;
  }

  #skipComment(): boolean {
    const { lineComment, blockComments } = this.#language;
    if (this.#text.startsWith(lineComment, this.#at)) {
      this.#skipTo("\n");
      return true;
    }
    if (blockComments === "none" || !this.#text.startsWith("/*", this.#at)) return false;
    this.#skipBlockComment(blockComments === "nested");
    return true;
  }

  #skipBlockComment(mayNest: boolean): void {
    const start = this.#at;
    let open = 0;
    COMMENT_MARK.lastIndex = start;
    do {
      const mark = COMMENT_MARK.exec(this.#text)?.[0];
      if (mark === undefined) throw new Unreadable("a comment is not closed", start);
      if (mark === "*/") open -= 1;
      else if (open === 0 || mayNest) open += 1;
    } while (open > 0);
    this.#at = COMMENT_MARK.lastIndex;
  }

  /** The text that begins at an offset, if one does. */
  #textAt(at: number): Text | undefined {
    const { single, longEscapes, templates } = this.#language;
    const quote = this.#text[at] ?? "";
    if (quote === '"' || (quote === "'" && single === "text")) {
      const isLong = this.#text.startsWith(quote.repeat(3), at);
      const closing = isLong ? quote.repeat(3) : quote;
      return {
        start: at + closing.length,
        closing,
        isOfOneLine: !isLong,
        escape: isLong && !longEscapes ? undefined : "\\",
        hasTemplates: templates && quote === '"',
      };
    }
    return this.#slashTextAt(at);
  }

  #slashTextAt(at: number): Text | undefined {
    if (!this.#language.slashTexts) return undefined;
    const isDollar = this.#text.startsWith("$/", at);
    if (!isDollar && (this.#text[at] !== "/" || this.#standsAfterValue())) return undefined;
    const shape = isDollar ? { closing: "/$", escape: "$" } : { closing: "/", escape: "\\" };
    // What a template has in it would have to have slashes for it to matter.
    return { ...shape, start: at + (isDollar ? 2 : 1), isOfOneLine: false, hasTemplates: false };
  }

  /** Whether the last token is the end of a value, so that a slash divides it. */
  #standsAfterValue(): boolean {
    const last = this.#tokens.at(-1);
    if (last?.kind === "name") return !WORDS.has(last.value);
    return last?.kind === "text" || (last !== undefined && ")]}".includes(last.value));
  }

  #endOf({ start, closing, isOfOneLine, escape: sign, hasTemplates }: Text, depth: number): number {
    const text = this.#text;
    if (depth > DEEPEST) throw new Unreadable("nested too deeply", start);
    for (let at = start; at < text.length; at += 1) {
      if (text.startsWith(closing, at)) return at;
      if (text[at] === sign) at += 1;
      else if (text[at] === "\n" && isOfOneLine) break;
      else if (hasTemplates && text.startsWith("${", at)) at = this.#endOfTemplate(at + 2, depth);
    }
    throw new Unreadable("a text is not closed", start);
  }

  /** Where the brace stands that closes a template. */
  #endOfTemplate(start: number, depth: number): number {
    let open = 1;
    for (let at = start; at < this.#text.length; at += 1) {
      const char = this.#text[at];
      if (char === "{") open += 1;
      else if (char === "}") open -= 1;
      if (open === 0) return at;
      const inner = char === '"' || char === "'" ? this.#textAt(at) : undefined;
      if (inner !== undefined) at = this.#endOf(inner, depth + 1) + inner.closing.length - 1;
    }
    throw new Unreadable("a template is not closed", start);
  }

  #skipTo(end: string): void {
    const at = this.#text.indexOf(end, this.#at);
    this.#at = at === -1 ? this.#text.length : at;
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const taken = pattern.exec(this.#text)?.[0];
    this.#at += taken?.length ?? 0;
    return taken;
  }
}
