import type { Problem } from "../../../core/use/use.ts";
import { readOr, Unreadable } from "../unreadable.ts";

/** A TOML value, as far as uses are read from it: what is neither a text, a table nor a list is `other`. */
export type TomlNode = TomlText | TomlTable | TomlList | { readonly kind: "other" };

export interface TomlText {
  readonly kind: "text";
  /** As it stands between its quotes. */
  readonly value: string;
  /** UTF-16 units from the start of the file, half open. */
  readonly start: number;
  readonly end: number;
  /** Whether `value` means itself: one line, without escapes. */
  readonly isExact: boolean;
}

export interface TomlTable {
  readonly kind: "table";
  readonly entries: Map<string, TomlNode>;
}

export interface TomlList {
  readonly kind: "list";
  readonly items: TomlNode[];
}

const DEEPEST = 64;
const BLANK = /[ \t]+/y;
const LINES = /[ \t\r\n]+/y;
const COMMENT = /#[^\n]*/y;
const LINE_END = /\r?\n|$/y;
const BARE_KEY = /[A-Za-z0-9_-]+/y;
/** Numbers, truth values, and dates, which may have a space inside. */
const OTHER = /[A-Za-z0-9_+.:-]+(?: [0-9][0-9:.+Z-]*)?/y;

/** The root table of a TOML 1.0 text (https://toml.io/en/v1.0.0), or why there is none. */
export function readToml(
  path: string,
  text: string,
): { readonly root?: TomlTable; readonly problems: readonly Problem[] } {
  const read = readOr(path, text, () => new Reader(text).read());
  return read.state === "read" ? { root: read.value, problems: [] } : { problems: [read.problem] };
}

/** What keys lead to, from table to table; of a list of tables, nothing. */
export function valueAt(node: TomlNode | undefined, ...keys: readonly string[]): TomlNode | undefined {
  return keys.reduce<TomlNode | undefined>(
    (now, key) => (now?.kind === "table" ? now.entries.get(key) : undefined),
    node,
  );
}

/** A list's items; none where no list stands. */
export function itemsOf(node: TomlNode | undefined): readonly TomlNode[] {
  return node?.kind === "list" ? node.items : [];
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    if (text.startsWith("\uFEFF")) this.#at = 1;
  }

  read(): TomlTable {
    const root = emptyTable();
    let current = root;
    for (this.#skipLines(); this.#at < this.#text.length; this.#skipLines()) {
      if (this.#text[this.#at] === "[") current = this.#header(root);
      else this.#entry(current, 0);
      this.#take(BLANK);
      this.#take(COMMENT);
      if (this.#take(LINE_END) === undefined) this.#fail("a line goes on after its value");
    }
    return root;
  }

  /** `[table]` or `[[list of tables]]`: what the lines below it are entries of. */
  #header(root: TomlTable): TomlTable {
    const isList = this.#text.startsWith("[[", this.#at);
    this.#at += isList ? 2 : 1;
    const keys = this.#keys();
    const closing = isList ? "]]" : "]";
    if (!this.#text.startsWith(closing, this.#at)) this.#fail("a table's name is not closed");
    this.#at += closing.length;
    const last = keys.pop() ?? "";
    const around = this.#tableAt(root, keys);
    if (!isList) return this.#tableAt(around, [last]);
    const list = around.entries.get(last) ?? { kind: "list", items: [] };
    if (list.kind !== "list") return this.#fail(`${last} is no list`);
    const item = emptyTable();
    list.items.push(item);
    around.entries.set(last, list);
    return item;
  }

  #entry(table: TomlTable, depth: number): void {
    const start = this.#at;
    const keys = this.#keys();
    if (this.#text[this.#at] !== "=") this.#fail("a key has no value");
    this.#at += 1;
    this.#take(BLANK);
    const last = keys.pop() ?? "";
    const around = this.#tableAt(table, keys);
    if (around.entries.has(last)) this.#fail(`${last} stands twice`, start);
    around.entries.set(last, this.#value(depth));
  }

  /** The table that dotted keys lead to, made where it is not there: of a list of tables, its last. */
  #tableAt(from: TomlTable, keys: readonly string[]): TomlTable {
    let now = from;
    for (const key of keys) {
      const there = now.entries.get(key);
      const next = there?.kind === "list" ? there.items.at(-1) : (there ?? emptyTable());
      if (next?.kind !== "table") return this.#fail(`${key} is no table`);
      if (there === undefined) now.entries.set(key, next);
      now = next;
    }
    return now;
  }

  #keys(): string[] {
    const keys: string[] = [];
    do {
      if (keys.length > 0) this.#at += 1;
      if (keys.length === DEEPEST) this.#fail("nested too deeply");
      this.#take(BLANK);
      keys.push(this.#quoted(1)?.value ?? this.#take(BARE_KEY) ?? this.#fail("this is no key"));
      this.#take(BLANK);
    } while (this.#text[this.#at] === ".");
    return keys;
  }

  #value(depth: number): TomlNode {
    if (depth > DEEPEST) this.#fail("nested too deeply");
    if (this.#text[this.#at] === "[") return this.#list(depth);
    if (this.#text[this.#at] === "{") return this.#inlineTable(depth);
    const text = this.#quoted(3) ?? this.#quoted(1);
    if (text !== undefined) return text;
    if (this.#take(OTHER) === undefined) this.#fail("this is no value");
    return { kind: "other" };
  }

  /** A text between so many quotes of one kind; without one, nothing is taken. */
  #quoted(count: 1 | 3): TomlText | undefined {
    const quote = this.#text[this.#at];
    if (quote !== '"' && quote !== "'") return undefined;
    const closing = quote.repeat(count);
    if (!this.#text.startsWith(closing, this.#at)) return undefined;
    const start = this.#at + count;
    const end = this.#endOfText(start, closing);
    this.#at = end + count;
    const value = this.#text.slice(start, end);
    return { kind: "text", value, start, end, isExact: count === 1 && (quote === "'" || !value.includes("\\")) };
  }

  #endOfText(start: number, closing: string): number {
    const text = this.#text;
    for (let at = start; at < text.length; at += 1) {
      // A long text may end in one or two quotes of its own.
      if (text.startsWith(closing, at)) return at + (closing.length === 1 ? 0 : this.#quotesAt(at + 3, closing));
      if (text[at] === "\\" && closing.startsWith('"')) at += 1;
      else if (text[at] === "\n" && closing.length === 1) break;
    }
    return this.#fail("a text is not closed", start);
  }

  #quotesAt(at: number, closing: string): number {
    return [2, 1].find((count) => this.#text.startsWith(closing.slice(0, count), at)) ?? 0;
  }

  #list(depth: number): TomlList {
    const items: TomlNode[] = [];
    this.#inBrackets("]", () => items.push(this.#value(depth + 1)));
    return { kind: "list", items };
  }

  #inlineTable(depth: number): TomlTable {
    const table = emptyTable();
    this.#inBrackets("}", () => this.#entry(table, depth + 1));
    return table;
  }

  /** What stands between brackets, with commas between. */
  #inBrackets(closing: string, readOne: () => void): void {
    const start = this.#at;
    this.#at += 1;
    for (this.#skipLines(); this.#text[this.#at] !== closing; this.#skipLines()) {
      if (this.#at >= this.#text.length) this.#fail("a bracket is not closed", start);
      readOne();
      this.#skipLines();
      if (this.#text[this.#at] === ",") this.#at += 1;
      else if (this.#text[this.#at] !== closing) this.#fail("a comma is missing");
    }
    this.#at += 1;
  }

  #skipLines(): void {
    while (this.#take(LINES) !== undefined || this.#take(COMMENT) !== undefined);
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const taken = pattern.exec(this.#text)?.[0];
    this.#at += taken?.length ?? 0;
    return taken;
  }

  #fail(message: string, offset = this.#at): never {
    throw new Unreadable(message, offset);
  }
}

function emptyTable(): TomlTable {
  return { kind: "table", entries: new Map() };
}
