import { reason } from "../../core/reason.ts";
import type { Piece, Variable } from "../../core/use/use.ts";
import type { Expansion } from "../dockerfile/expand.ts";
import type { HclExpression, HclText } from "../syntax/hcl/tree.ts";
import type { Definition } from "./definition.ts";

const MAX_NAME = 128;
/** No reference is longer, or put together from more. */
const MAX_TEXT = 1024;
const MOST_PIECES = 32;
const DEEPEST = 8;

/** What an expression comes to, as far as the file says it: texts, and variables by their defaults. Functions and conditions are not run. */
export function evaluate(expression: HclExpression, definition: Definition, depth = 0): Expansion {
  switch (expression.kind) {
    case "number":
      // `1.20` is handed on as 1.2, which nobody meant.
      return String(Number(expression.text)) === expression.text
        ? written(definition, expression.text, expression)
        : unknown(expression.text);
    case "text":
      return joined(expression, definition, depth);
    case "name":
      return named(expression.path, expression, definition, depth);
    default:
      return unknown(definition.text.slice(expression.start, expression.end));
  }
}

function written(
  { path }: Definition,
  text: string,
  { start, end }: { readonly start: number; readonly end: number },
): Expansion {
  return { text, variables: [], pieces: [{ path, start, end, text }] };
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
