import { reason } from "../../core/reason.ts";
import { parseReference } from "../../core/reference.ts";
import type { FileSet, Piece, Variable } from "../../core/use/use.ts";
import { follow } from "../syntax/yaml/look.ts";
import { readYaml } from "../syntax/yaml/read.ts";
import { type Expand, literal } from "../use/image.ts";

const VARIABLES = /(?:^|\/)(?:(?:defaults|vars)\/main(?:\/[^/]+)?|(?:group_vars|host_vars)\/[^/]+(?:\/[^/]+)?)\.ya?ml$/;
const INVENTORY = /(?:^|\/)(?:group_vars|host_vars)\//;
/** A role's tasks, and what stands before them: its folder. */
const ROLE = /^(?<role>(?:.*\/)?)(?:tasks|handlers)\//;
const NAME = /\{\{[ \t]*([A-Za-z_]\w*)[ \t]*\}\}/g;
/** Without quotes, numbers that YAML reads as such and Ansible writes otherwise: `1.20` as 1.2. */
const OTHER_NUMBER = /^[-+]?(?:0\d+|0[xob][\da-f]+|\d*\.\d*0|\d+_[\d_]*|\.\d+|\d+\.|\d+(?:\.\d+)?e[-+]?\d+)$/i;
const DEEPEST = 8;
const MOST_PIECES = 16;
const LONGEST = 1024;
/** So much is looked through for the variables of one file: UTF-16 units. */
const MOST_LOOKED_THROUGH = 1024 * 1024;

/** Whether a file is one that Ansible takes variables from of its own accord, by its name. */
export function isVariables(path: string): boolean {
  return VARIABLES.test(path);
}

interface Found {
  readonly pieces: readonly Piece[];
  readonly variables: readonly Variable[];
}

/**
 * Fills in what a play or a role's own defaults and variables say, or the inventory's, where it is said once in all these files:
 * which of several counts is decided by the hosts. https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_variables.html
 */
export function expandIn(path: string, files: FileSet): Expand {
  const role = ROLE.exec(path)?.groups?.role;
  const isOwn = (one: string) =>
    role !== undefined && one.startsWith(role) && /^(?:defaults|vars)\//.test(one.slice(role.length));
  const own = [...files].filter(([one]) => one === path || (isVariables(one) && (INVENTORY.test(one) || isOwn(one))));
  const budget = { left: MOST_LOOKED_THROUGH };
  const known = new Map<string, Value | undefined>();
  const lookup: Lookup = (name) => {
    if (!known.has(name)) known.set(name, onlyValue(name, own, budget));
    return known.get(name);
  };
  return (text, place) => {
    if (!text.includes("{{")) return literal(text);
    const found = piecesOf({ ...place, value: text }, lookup, 0);
    const resolved = found?.pieces.map((piece) => piece.text).join("") ?? "";
    if (found === undefined || found.pieces.length > MOST_PIECES || parseReference(resolved) === undefined) {
      const [unknown] = text.match(/\{\{[^}]*\}\}/) ?? [text];
      return { state: "unsupported", reason: reason("unresolved-variable", unknown.slice(0, 128)) };
    }
    return { state: "pieces", ...found };
  };
}

interface Value {
  readonly path: string;
  readonly value: string;
  readonly start: number;
}

type Lookup = (name: string) => Value | undefined;

/** What a text is put together from: its own stretches, and the values that it names, which may name others. */
function piecesOf({ path, value, start }: Value, lookup: Lookup, depth: number): Found | undefined {
  const pieces: Piece[] = [];
  const variables: Variable[] = [];
  const isValue = depth > 0 ? ({ isValue: true } as const) : {};
  const stretch = (from: number, to: number): boolean => {
    const text = value.slice(from, to);
    if (text !== "") pieces.push({ path, start: start + from, end: start + to, text, ...isValue });
    return !/[{}]/.test(text);
  };
  let last = 0;
  for (const match of value.matchAll(NAME)) {
    const known = depth < DEEPEST ? lookup(match[1] ?? "") : undefined;
    const inner = known && piecesOf(known, lookup, depth + 1);
    if (inner === undefined || !stretch(last, match.index) || pieces.length > MOST_PIECES) return undefined;
    pieces.push(...inner.pieces);
    const at = {
      path: known?.path ?? "",
      start: known?.start ?? 0,
      end: (known?.start ?? 0) + (known?.value.length ?? 0),
    };
    variables.push({ ...at, name: match[0], value: known?.value ?? "" }, ...inner.variables);
    last = match.index + match[0].length;
  }
  return stretch(last, value.length) ? { pieces, variables } : undefined;
}

/** The value that is set once, in one line; `undefined` where none is, or several, or it is no plain text. */
function onlyValue(
  name: string,
  files: readonly (readonly [path: string, text: string])[],
  budget: { left: number },
): Value | undefined {
  const line = new RegExp(`^[ \\t]*["']?${name}["']?[ \\t]*:(?=[ \\t]).*$`, "gm");
  const found: Value[] = [];
  for (const [path, text] of files) {
    budget.left -= text.length;
    if (budget.left < 0) return undefined;
    for (const { 0: written, index } of text.matchAll(line)) {
      const indent = written.length - written.trimStart().length;
      // Within a value of a file of variables, it is a key of that one.
      if (indent > 0 && isVariables(path)) continue;
      const value = valueIn(path, written, index);
      if (value === undefined || goesOn(text, index + written.length, indent)) return undefined;
      found.push(value);
    }
  }
  return found.length === 1 ? found[0] : undefined;
}

function valueIn(path: string, written: string, index: number): Value | undefined {
  const [document] = written.length > LONGEST ? [] : readYaml(path, written).documents;
  const [node] = document?.kind === "map" ? document.entries.values() : [];
  const scalar = follow(node);
  if (scalar?.kind !== "scalar" || !scalar.isExact || scalar.value === "") return undefined;
  if (scalar.isPlain && OTHER_NUMBER.test(scalar.value)) return undefined;
  return { path, value: scalar.value, start: index + scalar.start };
}

/** Whether the line behind an offset belongs to the one before it. */
function goesOn(text: string, end: number, indent: number): boolean {
  const next = /^\r?\n(?<spaces>[ \t]*)[^\s#]/.exec(text.slice(end, end + LONGEST))?.groups?.spaces;
  return next !== undefined && next.length > indent;
}
