import { reason } from "../../core/reason.ts";
import type { Piece, Variable } from "../../core/use/use.ts";
import type { Expansion } from "../dockerfile/expand.ts";
import type { HclExpression, HclOther, HclText } from "../syntax/hcl/tree.ts";
import type { Definition } from "./definition.ts";

const MAX_NAME = 128;
/** No reference is longer, or put together from more. */
const MAX_TEXT = 1024;
const MOST_PIECES = 32;
const DEEPEST = 8;

/**
 * What an expression comes to, as far as the file says it: texts, variables by their defaults, and conditions that compare
 * them. Functions are not run.
 */
export function evaluate(given: HclExpression, definition: Definition, depth = 0): Expansion {
  const expression = chosen(given, definition, depth);
  switch (expression.kind) {
    case "number":
      // `1.20` is handed on as 1.2, which nobody meant.
      return String(Number(expression.text)) === expression.text
        ? plain(written(definition, expression.text, expression))
        : unknown(expression.text);
    case "text":
      return joined(expression, definition, depth);
    case "name":
      return named(expression.path, expression, definition, depth);
    default:
      return unknown(definition.text.slice(expression.start, expression.end));
  }
}

/** Whether an expression comes to `null`, as the default of a variable does that says so. */
export function isNull(given: HclExpression, definition: Definition, depth = 0): boolean {
  const expression = chosen(given, definition, depth);
  if (expression.kind !== "name" || expression.path.length > 1 || depth > DEEPEST) return false;
  const [name = ""] = expression.path;
  const value = definition.variables.get(name);
  return value === undefined ? name === "null" : isNull(value, definition, depth + 1);
}

/** The branch of a condition that counts, and itself for anything else, or where nobody can tell. */
export function chosen(expression: HclExpression, definition: Definition, depth = 0): HclExpression {
  if (expression.kind !== "other" || expression.operators === undefined || depth > DEEPEST) return expression;
  const known = definition.choices.get(expression);
  if (known !== undefined) return known;
  const branch = branchOf(expression, expression.operators, definition, depth);
  definition.choices.set(expression, branch);
  return branch;
}

function branchOf(
  expression: HclOther,
  operators: readonly string[],
  definition: Definition,
  depth: number,
): HclExpression {
  const { terms, end } = expression;
  const [left, right, yes] = terms;
  const [compare = "", then, otherwise] = operators;
  const isCondition = EQUALITY.has(compare) && then === "?" && otherwise === ":";
  if (!isCondition || left === undefined || right === undefined || yes === undefined) return expression;
  const same = isSame(left, right, definition, depth + 1);
  if (same === undefined) return expression;
  if (same === (compare === "==")) return chosen(yes, definition, depth + 1);
  const [first, ...rest] = terms.slice(3);
  if (first === undefined) return expression;
  const no: HclExpression =
    rest.length === 0
      ? first
      : { kind: "other", terms: [first, ...rest], operators: operators.slice(3), start: first.start, end };
  return chosen(no, definition, depth + 1);
}

const EQUALITY: ReadonlySet<string> = new Set(["==", "!="]);

/** Whether two expressions come to the same; `undefined` where nobody can tell. */
function isSame(left: HclExpression, right: HclExpression, definition: Definition, depth: number): boolean | undefined {
  const [one, other] = [left, right].map((expression) => {
    if (isNull(expression, definition, depth)) return null;
    const { text, blocked } = evaluate(expression, definition, depth);
    return blocked === undefined ? text : undefined;
  });
  return one === undefined || other === undefined ? undefined : one === other;
}

function written(
  { path }: Definition,
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
): Expansion {
  return { text, variables: [], pieces: [{ path, start, end, text }] };
}

/** A number has no quotes, which it gets where a new one needs them. */
function plain({ pieces, ...rest }: Expansion): Expansion {
  return { ...rest, ...(pieces && { pieces: pieces.map((piece) => ({ ...piece, isPlain: true as const })) }) };
}

function joined({ parts }: HclText, definition: Definition, depth: number): Expansion {
  const pieces: Piece[] = [];
  const variables: Variable[] = [];
  let text = "";
  let isWritten = true;
  for (const part of parts) {
    const one =
      part.kind === "literal" ? written(definition, part.value, part) : evaluate(part.expression, definition, depth);
    if (one.blocked !== undefined) return one;
    text += one.text;
    variables.push(...one.variables);
    pieces.push(...(one.pieces ?? []));
    isWritten &&= one.pieces !== undefined && (part.kind !== "literal" || part.isExact);
    if (text.length > MAX_TEXT || pieces.length > MOST_PIECES || variables.length > MOST_PIECES)
      return unknown(`more than ${MAX_TEXT} characters`);
  }
  return { text, variables, ...(isWritten && { pieces }) };
}

function named(
  path: readonly string[],
  { start, end }: HclExpression,
  definition: Definition,
  depth: number,
): Expansion {
  const [name = ""] = path;
  const value = path.length === 1 ? definition.variables.get(name) : undefined;
  if (value === undefined || depth > DEEPEST) return unknown(definition.text.slice(start, end));
  const found = evaluate(value, definition, depth + 1);
  if (found.blocked !== undefined) return found;
  const variable = { path: definition.path, start: value.start, end: value.end, name, value: found.text };
  const pieces = found.pieces?.map((piece): Piece => ({ ...piece, isValue: true }));
  return { ...found, variables: [variable, ...found.variables], ...(pieces && { pieces }) };
}

function unknown(what: string): Expansion {
  const blocked = { state: "unsupported", reason: reason("unresolved-variable", what.slice(0, MAX_NAME)) } as const;
  return { text: "", variables: [], blocked };
}
