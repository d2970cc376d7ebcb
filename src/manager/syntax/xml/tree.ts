import type { Problem } from "../../../core/use/use.ts";
import { readOr, Unreadable } from "../unreadable.ts";

/** An XML element, as far as uses are read from it. */
export interface XmlElement {
  /** As written, a prefix included. */
  readonly name: string;
  /** In the order of the file. */
  readonly children: readonly XmlElement[];
  /** What stands in an element that has text and nothing else in it. */
  readonly text?: XmlText;
}

/** Text without the blanks around it. */
export interface XmlText {
  readonly value: string;
  /** Where `value` stands: UTF-16 units from the start of the file, half open. */
  readonly start: number;
  readonly end: number;
  /** Whether `value` means itself: no entity or CDATA in it. */
  readonly isExact: boolean;
}

const DEEPEST = 128;
const NAME = /[A-Za-z_][\w.:-]*/y;
const ATTRIBUTE = /\s+[A-Za-z_][\w.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*')/y;
const BLANK = /\s+/y;
const COMMENT = /<!--[\s\S]*?-->/g;
const CDATA = /<!\[CDATA\[([\s\S]*?)\]\]>/g;
/** What begins with these words ends with these, and is none of ours. */
const SKIPPED = [
  ["<!--", "-->"],
  ["<![CDATA[", "]]>"],
  ["<?", "?>"],
] as const;

/** The root element of an XML 1.0 text, or why there is none. A document type is refused: it could change what names mean. */
export function readXml(
  path: string,
  text: string,
): { readonly root?: XmlElement; readonly problems: readonly Problem[] } {
  const read = readOr(path, text, () => new Reader(text).read());
  return read.state === "read" ? { root: read.value, problems: [] } : { problems: [read.problem] };
}

interface Open {
  readonly name: string;
  readonly start: number;
  readonly children: XmlElement[];
  /** Where its text begins: after its start tag. */
  readonly inside: number;
  /** Whether comments or CDATA stand in it. */
  isBroken: boolean;
}

class Reader {
  readonly #text: string;
  readonly #open: Open[] = [];
  #root: XmlElement | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  read(): XmlElement {
    const text = this.#text;
    let last = 0;
    for (let at = text.indexOf("<"); at !== -1; at = text.indexOf("<", last)) {
      this.#checkOutside(last, at);
      last = this.#markupAt(at);
    }
    this.#checkOutside(last, text.length);
    const unclosed = this.#open.at(-1);
    if (unclosed !== undefined) fail(`<${unclosed.name}> is not closed`, unclosed.start);
    if (this.#root === undefined) return fail("there is no element", 0);
    return this.#root;
  }

  /** Where the markup that begins at `at` ends. */
  #markupAt(at: number): number {
    const text = this.#text;
    const skipped = SKIPPED.find(([begin]) => text.startsWith(begin, at));
    if (skipped !== undefined) {
      const [begin, finish] = skipped;
      const end = text.indexOf(finish, at + begin.length);
      if (end === -1) fail(`${begin} is not closed`, at);
      const around = this.#open.at(-1);
      if (around !== undefined) around.isBroken = true;
      return end + finish.length;
    }
    if (text.startsWith("<!", at)) fail("a document type is not read", at);
    return text.startsWith("</", at) ? this.#close(at) : this.#start(at);
  }

  #start(at: number): number {
    const name = this.#match(NAME, at + 1) ?? fail("this is no tag", at);
    let end = at + 1 + name.length;
    for (let one = this.#match(ATTRIBUTE, end); one !== undefined; one = this.#match(ATTRIBUTE, end)) end += one.length;
    end += (this.#match(BLANK, end) ?? "").length;
    const isEmpty = this.#text.startsWith("/>", end);
    if (!isEmpty && this.#text[end] !== ">") fail(`<${name}> is not written as a tag`, at);
    if (this.#open.length === 0 && this.#root !== undefined) fail("there is more than one root", at);
    if (this.#open.length === DEEPEST) fail("nested too deeply", at);
    if (isEmpty) this.#add({ name, children: [] });
    else this.#open.push({ name, start: at, children: [], inside: end + 1, isBroken: false });
    return end + (isEmpty ? 2 : 1);
  }

  #close(at: number): number {
    const name = this.#match(NAME, at + 2) ?? "";
    const open = this.#open.pop();
    if (open?.name !== name) return fail(`</${name}> closes nothing`, at);
    const end = this.#text.indexOf(">", at);
    if (end === -1 || this.#text.slice(at + 2 + name.length, end).trim() !== "") fail(`</${name}> is not closed`, at);
    const { children, inside, isBroken } = open;
    this.#add({ name, children, ...(children.length === 0 && { text: this.#textOf(inside, at, isBroken) }) });
    return end + 1;
  }

  #add(element: XmlElement): void {
    const around = this.#open.at(-1);
    if (around === undefined) this.#root = element;
    else around.children.push(element);
  }

  #textOf(from: number, to: number, isBroken: boolean): XmlText {
    const raw = this.#text.slice(from, to);
    const written = raw.trim();
    const start = from + raw.length - raw.trimStart().length;
    const value = isBroken ? written.replace(COMMENT, "").replace(CDATA, "$1").trim() : written;
    return { value, start, end: start + written.length, isExact: value === written && !value.includes("&") };
  }

  #checkOutside(from: number, to: number): void {
    if (this.#open.length > 0) return;
    const outside = this.#text.slice(from, to).replace(/^\uFEFF/, "");
    if (outside.trim() !== "") fail("text stands outside of the root", from);
  }

  #match(pattern: RegExp, at: number): string | undefined {
    pattern.lastIndex = at;
    return pattern.exec(this.#text)?.[0];
  }
}

function fail(message: string, offset: number): never {
  throw new Unreadable(message, offset);
}
