import { lineCounter } from "../line-counter.ts";
import { readOr, Unreadable } from "../unreadable.ts";
import { expectNext, fail, isNext, Reader, readWord, skipSpace, takeNext } from "./reader.ts";
import { readHeredoc, readPlain, readText } from "./template.ts";
import type { HclBlock, HclBody, HclExpression, HclFile, HclName, HclText } from "./tree.ts";

const EMPTY: HclBody = { attributes: new Map(), blocks: [] };

/**
 * Reads a file in HCL's native syntax (https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md): its structure in full,
 * its expressions as far as uses are read from them. Nothing is evaluated. Linear in the text, bounded in size and depth.
 */
export function readHcl(path: string, text: string): HclFile {
  const lineOf = lineCounter(text);
  const read = readOr(path, text, () => {
    const reader = new Reader(text);
    const body = readBody(reader);
    if (reader.at < text.length) fail(reader, "a bracket closes nothing");
    return body;
  });
  return read.state === "read"
    ? { body: read.value, problems: [], lineOf }
    : { body: EMPTY, problems: [read.problem], lineOf };
}

function readBody(reader: Reader): HclBody {
  const attributes = new Map<string, HclExpression>();
  const blocks: HclBlock[] = [];
  for (skipSpace(reader, true); reader.at < reader.end && !isNext(reader, "}"); skipSpace(reader, true)) {
    const start = reader.at;
    const name = readWord(reader) ?? fail(reader, "a name is missing");
    skipSpace(reader, false);
    if (!takeNext(reader, "=")) blocks.push(readBlock(reader, name, start));
    else if (attributes.has(name)) fail(reader, `${name.slice(0, 40)} is set twice`);
    else attributes.set(name, readExpression(reader, false));
    skipSpace(reader, false);
    if (reader.at < reader.end && !isNext(reader, "\n") && !isNext(reader, "}")) fail(reader, "a line goes on");
  }
  return { attributes, blocks };
}

function readBlock(reader: Reader, type: string, start: number): HclBlock {
  const labels: string[] = [];
  for (; !isNext(reader, "{"); skipSpace(reader, false)) labels.push(readLabel(reader));
  reader.enter();
  expectNext(reader, "{");
  const body = readBody(reader);
  expectNext(reader, "}");
  reader.leave();
  return { type, labels, body, start, end: reader.at };
}

function readLabel(reader: Reader): string {
  if (!isNext(reader, '"')) return readWord(reader) ?? fail(reader, "neither an attribute nor a block");
  return plainText(readText(reader, readExpression)) ?? fail(reader, "a label is computed");
}

/** Reads a stretch of a text, of a string in JSON say, as what may stand between quotes; `undefined` where it is not valid. */
export function readTemplate(text: string, start: number, end: number): HclText | undefined {
  try {
    return readPlain(new Reader(text, start, end), readExpression);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return undefined;
  }
}

/** The text that an expression says by itself; `undefined` where it is computed, or no text. */
export function plainText(expression: HclExpression | undefined): string | undefined {
  if (expression?.kind !== "text") return undefined;
  const literals = expression.parts.filter((part) => part.kind === "literal");
  return literals.length === expression.parts.length ? literals.map(({ value }) => value).join("") : undefined;
}

const OPERATOR = /==|!=|<=|>=|&&|\|\||[+\-*/%<>]/y;

/** Reads an expression: terms between operators. What these make of them nobody here asks, so neither which binds closer. */
function readExpression(reader: Reader, inBrackets: boolean): HclExpression {
  reader.enter();
  const start = skipSpace(reader, inBrackets);
  const terms: HclExpression[] = [];
  const operators: string[] = [];
  let conditions = 0;
  let isPlain = true;
  let end = start;
  for (let more = true; more; ) {
    while (takeNext(reader, "-") || takeNext(reader, "!")) isPlain = false;
    terms.push(readTerm(reader, inBrackets));
    end = reader.at;
    skipSpace(reader, inBrackets);
    const operator = takeOperator(reader, conditions > 0);
    if (operator === "?") conditions += 1;
    else if (operator === ":") conditions -= 1;
    more = operator !== undefined;
    if (operator === undefined) continue;
    operators.push(operator);
    skipSpace(reader, inBrackets);
  }
  reader.leave();
  const [only] = terms;
  if (only !== undefined && terms.length === 1 && isPlain) return only;
  return { kind: "other", terms, ...(isPlain && { operators }), start, end };
}

function takeOperator(reader: Reader, inCondition: boolean): string | undefined {
  for (const mark of inCondition ? ["?", ":"] : ["?"]) if (takeNext(reader, mark)) return mark;
  return reader.take(OPERATOR);
}

function readTerm(reader: Reader, inBrackets: boolean): HclExpression {
  const start = reader.at;
  const term = readOperand(reader);
  return readSteps(reader, inBrackets, start, term);
}

const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

function readOperand(reader: Reader): HclExpression {
  const start = reader.at;
  switch (reader.text[start]) {
    case '"':
      return readText(reader, readExpression);
    case "<":
      return readHeredoc(reader, readExpression);
    case "[":
      return readList(reader);
    case "{":
      return readObject(reader);
    case "(":
      return readInner(reader, "(", ")");
  }
  const number = reader.take(NUMBER);
  if (number !== undefined) return { kind: "number", text: number, start, end: reader.at };
  const name = readWord(reader) ?? fail(reader, "a value is missing");
  if (isNext(reader, "(")) {
    return { kind: "call", name, arguments: readItems(reader, "(", ")"), start, end: reader.at };
  }
  return { kind: "name", path: [name], start, end: reader.at };
}

const MOST_STEPS = 64;

/** What may follow a term: `.name`, `.0`, `.*`, `[…]`. */
function readSteps(reader: Reader, inBrackets: boolean, start: number, term: HclExpression): HclExpression {
  let now = term;
  for (let steps = 0; ; steps += 1) {
    if (steps > MOST_STEPS) fail(reader, "a path has too many steps");
    // In brackets a step may stand in the next line; else that begins something new.
    const before = reader.at;
    skipSpace(reader, inBrackets);
    if (isNext(reader, ".") && !isNext(reader, "...")) {
      reader.at += 1;
      const step = readWord(reader) ?? reader.take(/\d+|\*/y) ?? fail(reader, "a name is missing");
      now = stepped(now, step, [], start, reader.at);
    } else if (isNext(reader, "[") && before === reader.at) {
      if (reader.take(/\[[ \t]*\*[ \t]*\]/y) !== undefined) now = stepped(now, undefined, [], start, reader.at);
      else {
        const index = readInner(reader, "[", "]");
        now = stepped(now, plainText(index), [index], start, reader.at);
      }
    } else {
      reader.at = before;
      return now;
    }
  }
}

function stepped(
  term: HclExpression,
  step: string | undefined,
  terms: readonly HclExpression[],
  start: number,
  end: number,
): HclExpression {
  if (term.kind === "name" && step !== undefined) return { kind: "name", path: [...term.path, step], start, end };
  return { kind: "other", terms: [term, ...terms], start, end };
}

function readInner(reader: Reader, open: string, close: string): HclExpression {
  expectNext(reader, open);
  const inner = readExpression(reader, true);
  skipSpace(reader, true);
  expectNext(reader, close);
  return inner;
}

function readItems(reader: Reader, open: string, close: string): readonly HclExpression[] {
  const items: HclExpression[] = [];
  reader.enter();
  expectNext(reader, open);
  for (skipSpace(reader, true); !isNext(reader, close); skipSpace(reader, true)) {
    items.push(readExpression(reader, true));
    skipSpace(reader, true);
    takeNext(reader, "...");
    skipSpace(reader, true);
    if (!takeNext(reader, ",") && !isNext(reader, close)) fail(reader, `a comma or ${close} is missing`);
  }
  expectNext(reader, close);
  reader.leave();
  return items;
}

function readList(reader: Reader): HclExpression {
  const start = reader.at;
  if (isComprehension(reader)) return readComprehension(reader, "[", "]");
  return { kind: "list", items: readItems(reader, "[", "]"), start, end: reader.at };
}

const COMPREHENSION = /[[{]\s*for\s/y;

function isComprehension(reader: Reader): boolean {
  COMPREHENSION.lastIndex = reader.at;
  return COMPREHENSION.test(reader.text);
}

const BINDINGS = /\s*for\s+[\p{ID_Start}_][\p{ID_Continue}-]*(?:\s*,\s*[\p{ID_Start}_][\p{ID_Continue}-]*)?\s+in\s/uy;

/** `[for x in xs : f(x) if g(x)]` and `{for k, v in m : k => v...}`. */
function readComprehension(reader: Reader, open: string, close: string): HclExpression {
  const start = reader.at;
  expectNext(reader, open);
  if (reader.take(BINDINGS) === undefined) fail(reader, "a for is not complete");
  const terms = [readExpression(reader, true)];
  skipSpace(reader, true);
  for (const mark of [":", "=>", "if"]) {
    takeNext(reader, "...");
    skipSpace(reader, true);
    if (!takeNext(reader, mark)) continue;
    terms.push(readExpression(reader, true));
    skipSpace(reader, true);
  }
  takeNext(reader, "...");
  skipSpace(reader, true);
  expectNext(reader, close);
  return { kind: "other", terms, start, end: reader.at };
}

function readObject(reader: Reader): HclExpression {
  const start = reader.at;
  if (isComprehension(reader)) return readComprehension(reader, "{", "}");
  const entries: { key: string | undefined; value: HclExpression }[] = [];
  reader.enter();
  expectNext(reader, "{");
  for (skipSpace(reader, true); !isNext(reader, "}"); skipSpace(reader, true)) {
    const key = keyOf(readTerm(reader, false));
    skipSpace(reader, false);
    if (!takeNext(reader, "=") && !takeNext(reader, ":")) fail(reader, "a value is missing");
    entries.push({ key, value: readExpression(reader, false) });
    skipSpace(reader, false);
    if (!takeNext(reader, ",") && !isNext(reader, "\n") && !isNext(reader, "}")) fail(reader, "} is missing");
  }
  expectNext(reader, "}");
  reader.leave();
  return { kind: "object", entries, start, end: reader.at };
}

/** A bare name is the key itself, not what it stands for. */
function keyOf(expression: HclExpression): string | undefined {
  return expression.kind === "name" ? onlyStep(expression) : plainText(expression);
}

function onlyStep({ path }: HclName): string | undefined {
  return path.length === 1 ? path[0] : undefined;
}
