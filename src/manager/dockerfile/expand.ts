import { reason } from "../../core/reason.ts";
import type { Span, Use, Variable } from "../../core/use/use.ts";
import { type LogicalLine, placeOf, type Range, unquote } from "./logical-line.ts";
import { replaceMatches, trimPrefix, trimSuffix } from "./pattern.ts";
import type { Part, VariablePart } from "./word.ts";

/** A word as Docker expands it, and where that came from. */
export interface Expansion {
  /** A variable without a value counts as empty, as for Docker. */
  readonly text: string;
  /** All that was read for it, in reading order. */
  readonly variables: readonly Variable[];
  /**
   * How `text` can be written back. `whole`: it stands in the file as it is, at `origin`; `broken`: it stands there with
   * line ends, quotes or escapes inside; `composed`: of several pieces; `computed`: by an operator.
   */
  readonly form: "whole" | "broken" | "composed" | "computed";
  readonly origin?: Span;
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
  const text = { text: part.text, variables: [] };
  if (!whole || part.text !== context.line.text.slice(part.start, part.end)) return limit({ ...text, form: "broken" });
  return limit({ ...text, form: "whole", origin: { path: context.scope.path, start, end } });
}

function compose(parts: readonly Part[], context: Context): Expansion {
  const variables = new Set<Variable>();
  const forms = new Set<Expansion["form"]>();
  let text = "";
  let blocked: Expansion["blocked"];
  for (const part of parts) {
    const piece = expandPart(part, context);
    text += piece.text;
    for (const variable of piece.variables) variables.add(variable);
    forms.add(piece.variables.length > 0 && piece.form !== "computed" ? "composed" : piece.form);
    blocked ??= piece.blocked;
    if (text.length > MAX_TEXT || variables.size > MAX_VARIABLES) break;
  }
  const form = forms.has("computed") ? "computed" : forms.has("composed") ? "composed" : "broken";
  return limit({ text, variables: [...variables], form, ...(blocked && { blocked }) });
}

function limit(expansion: Expansion): Expansion {
  const { text, variables } = expansion;
  if (text.length <= MAX_TEXT && variables.length <= MAX_VARIABLES) return expansion;
  const blocked =
    text.length > MAX_TEXT
      ? ({ state: "unsupported", reason: reason("invalid-reference", `longer than ${MAX_TEXT} characters`) } as const)
      : ({ state: "held", reason: reason("expanded-arg", `through more than ${MAX_VARIABLES} variables`) } as const);
  return {
    text: text.slice(0, MAX_TEXT),
    variables: variables.slice(0, MAX_VARIABLES),
    form: "computed",
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
const EMPTY: Expansion = { text: "", variables: [], form: "computed" };

function unset(name: string): Expansion {
  return {
    ...EMPTY,
    blocked: { state: "unsupported", reason: reason("unresolved-variable", name.slice(0, MAX_NAME)) },
  };
}

function read({ variable, value }: Setting): Expansion {
  return variable === undefined ? value : { ...value, variables: [variable, ...value.variables] };
}

/** `${V:-word}` where the word counts: it is a default value like that of an ARG. */
function expandDefault({ name, word }: VariablePart, context: Context, setting: Setting | undefined): Expansion {
  const before = setting === undefined ? [] : read(setting).variables;
  const value = expandParts(word.parts, context);
  return { ...value, variables: [...before, variableAt(name, word, context.line, context.scope), ...value.variables] };
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
  return { text: result.text, variables, form: "computed", ...(blocked && { blocked }) };
}
