/** Deeper than any fact of ours; a deeper value is a cycle or an attack. */
const MAX_DEPTH = 64;

/**
 * The one spelling of a JSON value, by RFC 8785 (JCS): keys in order of their UTF-16 units, numbers as ECMAScript writes
 * them, no white space. As in JSON.stringify, a property that is `undefined` is left out. Throws a TypeError for what is
 * no JSON (a Date, a bigint, NaN, a lone surrogate, nesting beyond 64): the caller has a bug.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  if (depth > MAX_DEPTH) throw new TypeError("canonical JSON: nested too deep");
  switch (typeof value) {
    case "string":
      return writeString(value);
    case "number":
      return writeNumber(value);
    case "boolean":
      return String(value);
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(",")}]`;
      return writeObject(value, depth);
    default:
      throw new TypeError(`canonical JSON: a ${typeof value} is not JSON`);
  }
}

function writeString(text: string): string {
  if (!text.isWellFormed()) throw new TypeError("canonical JSON: a string holds a lone surrogate");
  return JSON.stringify(text);
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError("canonical JSON: a number is not finite");
  return JSON.stringify(value);
}

function writeObject(value: object, depth: number): string {
  if (!isPlainObject(value)) throw new TypeError("canonical JSON: not a plain object");
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${writeString(key)}:${write(member, depth + 1)}`);
  return `{${members.join(",")}}`;
}

/**
 * `value` with texts that every database and canonicalJson take: NUL and lone surrogates, which hostile input may hold,
 * become U+FFFD, and properties that are `undefined` are dropped.
 */
export function storableJson(value: unknown): unknown {
  if (typeof value === "string") return storableText(value);
  if (Array.isArray(value)) return value.map(storableJson);
  if (!isPlainObject(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [storableText(key), storableJson(member)]));
}

function storableText(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\uFFFD");
}

/** Whether `value` is an object as JSON.parse makes one: no array, no instance of a class. */
function isPlainObject(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
