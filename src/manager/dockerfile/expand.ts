import { reason } from "../../core/reason.ts";
import type { Piece, Use, Variable } from "../../core/use/use.ts";
import { type LogicalLine, placeOf, type Range, unquote } from "./logical-line.ts";
import { replaceMatches, trimPrefix, trimSuffix } from "./pattern.ts";
import type { Part, VariablePart } from "./word.ts";

/** A word as Docker expands it, and where that came from. */
export interface Expansion {
  /** A variable without a value counts as empty, as for Docker. */
  readonly text: string;
  /** All that was read for it, in reading order. */
  readonly variables: readonly Variable[];
  /** What `text` is put together from, each piece as it stands in a file: so it can be written back. */
  readonly pieces?: readonly Piece[];
  /** Where there are no pieces: it is what an operator makes of something, not something with quotes or escapes inside. */
  readonly computed?: true;
  /** Why `text` is not what a build would read. */
  readonly blocked?: NonNullable<Use["blocked"]>;
}

/** A variable that has a value. */
export interface Setting {
  /** Absent where the value is not the file's. */
  readonly variable?: Variable;
  readonly value: Expansion;
}

/** What is known where a file's words are expanded. */
export interface Scope {
  readonly path: string;
  readonly settings: Map<string, Setting>;
  /** What a build passes for the arguments that are declared: it counts instead of what the file says. */
  readonly given: ReadonlyMap<string, Setting>;
  /** Pattern matches that this file may still cost: they alone take more time than their text is long. */
  matchesLeft: number;
}

/** Where a word stands. */
interface Context {
  readonly line: LogicalLine;
  readonly scope: Scope;
}

/** No reference is longer, so no part of one is; without a limit the values could double with every ARG. */
const MAX_TEXT = 1024;
/** Nor is any sane reference read through more variables, or through longer names. */
const MAX_VARIABLES = 32;
const MAX_PIECES = 32;
const MAX_NAME = 128;

/** Expands a parsed word as BuildKit does. Bounded in what it reads and in what it returns. */
export function expand(parts: readonly Part[], line: LogicalLine, scope: Scope): Expansion {
  return expandParts(parts, { line, scope });
}

function expandParts(parts: readonly Part[], context: Context): Expansion {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return expandPart(only, context);
  return compose(parts, context);
}

function expandPart(part: Part, context: Context): Expansion {
  if (part.kind === "quoted") return expandParts(part.parts, context);
  if (part.kind === "variable") return limit(expandVariable(part, context));
  const { start, end, whole } = placeOf(context.line, part);
  const { text } = part;
  const isExact = whole && text === context.line.text.slice(part.start, part.end);
  const pieces = [{ path: context.scope.path, start, end, text }];
  return limit({ text, variables: [], ...(isExact && { pieces }) });
}

function compose(parts: readonly Part[], context: Context): Expansion {
  const variables = new Set<Variable>();
  const pieces: Piece[] = [];
  let isWritten = true;
  let text = "";
  let computed = false;
  let blocked: Expansion["blocked"];
  for (const part of parts) {
    const one = expandPart(part, context);
    text += one.text;
    for (const variable of one.variables) variables.add(variable);
    pieces.push(...(one.pieces ?? []));
    isWritten &&= one.pieces !== undefined;
    computed ||= one.computed === true;
    blocked ??= one.blocked;
    if (text.length > MAX_TEXT || variables.size > MAX_VARIABLES || pieces.length > MAX_PIECES) break;
  }
  const form = { ...(isWritten && { pieces }), ...(computed && ({ computed } as const)) };
  return limit({ text, variables: [...variables], ...form, ...(blocked && { blocked }) });
}

function limit(expansion: Expansion): Expansion {
  const { text, variables, pieces = [] } = expansion;
  const isShort = text.length <= MAX_TEXT && pieces.length <= MAX_PIECES;
  if (isShort && variables.length <= MAX_VARIABLES) return expansion;
  const blocked =
    text.length > MAX_TEXT
      ? ({ state: "unsupported", reason: reason("invalid-reference", `longer than ${MAX_TEXT} characters`) } as const)
      : ({ state: "held", reason: reason("expanded-arg", `in more than ${MAX_VARIABLES} pieces`) } as const);
  return {
    text: text.slice(0, MAX_TEXT),
    variables: variables.slice(0, MAX_VARIABLES),
    computed: true,
    blocked: expansion.blocked ?? blocked,
  };
}

function expandVariable(part: VariablePart, context: Context): Expansion {
  const setting = context.scope.settings.get(part.name);
  const known = setting !== undefined && !(part.emptyIsUnset && setting.value.text === "");
  const value = setting === undefined ? unset(part.name) : read(setting);
  switch (part.operator) {
    case undefined:
      return value;
    case "-":
      return known ? value : expandDefault(part, context, setting);
    case "?":
      return known ? value : { ...unset(part.name), variables: value.variables };
    case "+":
      return known ? computed(value, expandParts(part.word.parts, context)) : { ...EMPTY, variables: value.variables };
    default:
      return setting === undefined ? value : match(part, value, context);
  }
}

const TOO_MANY = { state: "held", reason: reason("expanded-arg", "too many patterns in this file") } as const;
const EMPTY: Expansion = { text: "", variables: [], computed: true };

function unset(name: string): Expansion {
  return {
    ...EMPTY,
    blocked: { state: "unsupported", reason: reason("unresolved-variable", name.slice(0, MAX_NAME)) },
  };
}

function read({ variable, value }: Setting): Expansion {
  return variable === undefined ? value : through([variable], value);
}

/** `${V:-word}` where the word counts: it is a default value like that of an ARG. */
function expandDefault({ name, word }: VariablePart, context: Context, setting: Setting | undefined): Expansion {
  const before = setting === undefined ? [] : read(setting).variables;
  const variable = variableAt(name, word, context.line, context.scope);
  return through([...before, variable], expandParts(word.parts, context));
}

/** A value as it is read through variables, of which the last is the one that has it. */
function through(variables: readonly Variable[], value: Expansion): Expansion {
  const own = variables.at(-1);
  // What is empty may be set by a build: it is a piece like others.
  const isEmpty = own !== undefined && value.pieces?.length === 0;
  const pieces = isEmpty ? [{ path: own.path, start: own.start, end: own.end, text: "" }] : value.pieces;
  return {
    ...value,
    variables: [...variables, ...value.variables],
    ...(pieces && { pieces: pieces.map((piece) => ({ ...piece, isValue: true as const })) }),
  };
}

/** A variable whose default value is written at `range`. Cut short, if need be: a thousand uses may be read through it. */
export function variableAt(name: string, range: Range, line: LogicalLine, { path }: Scope): Variable {
  const inner = unquote(line.text, range);
  const { start, end } = placeOf(line, inner);
  const value = line.text.slice(inner.start, Math.min(inner.end, inner.start + MAX_TEXT));
  return { path, start, end, name: name.slice(0, MAX_NAME), value };
}

function match(part: VariablePart, value: Expansion, context: Context): Expansion {
  const word = expandParts(part.word.parts, context);
  const replacement = expandParts(part.replacement.parts, context);
  context.scope.matchesLeft -= 1;
  if (context.scope.matchesLeft < 0) return { ...EMPTY, blocked: TOO_MANY };
  const text = matched(part, value.text, word.text, replacement.text);
  const result = computed(value, { ...word, text: text ?? "" }, replacement);
  if (text !== undefined || result.blocked !== undefined) return result;
  return { ...result, blocked: { state: "unsupported", reason: reason("invalid-reference", `pattern ${word.text}`) } };
}

function matched(
  { operator, all }: VariablePart,
  value: string,
  word: string,
  replacement: string,
): string | undefined {
  if (operator === "/") return replaceMatches(value, word, replacement, all ? MAX_TEXT : 1);
  const longest = operator !== undefined && word.startsWith(operator);
  const pattern = longest ? word.slice(1) : word;
  return operator === "#" ? trimPrefix(value, pattern, longest) : trimSuffix(value, pattern, longest);
}

/** A text that was computed from several: `result`'s text, with what all of them were read through. */
function computed(value: Expansion, result: Expansion, ...others: readonly Expansion[]): Expansion {
  const all = [value, result, ...others];
  const blocked = all.find((one) => one.blocked !== undefined)?.blocked;
  const variables = [...new Set(all.flatMap((one) => one.variables))];
  return { text: result.text, variables, computed: true, ...(blocked && { blocked }) };
}
