import { reason } from "../../core/reason.ts";
import { parseReference } from "../../core/reference.ts";
import type { FileSet, Piece, Variable } from "../../core/use/use.ts";
import { follow } from "../syntax/yaml/look.ts";
import { readYaml } from "../syntax/yaml/read.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";
import { type Expand, literal } from "../use/image.ts";
import { type Line, linesOf } from "./variable-files.ts";

const NAME = /\{\{[ \t]*([A-Za-z_]\w*)[ \t]*\}\}/g;
/** Without quotes, numbers that YAML reads as such and Ansible writes otherwise: `1.20` as 1.2. */
const OTHER_NUMBER = /^[-+]?(?:0\d+|0[xob][\da-f]+|\d*\.\d*0|\d+_[\d_]*|\.\d+|\d+\.|\d+(?:\.\d+)?e[-+]?\d+)$/i;
const DEEPEST = 8;
const MOST_PIECES = 16;
const LONGEST = 1024;

/** What a file sets itself, as seen from one of its tasks: every place where a variable gets a value. */
export type OwnValues = (name: string) => readonly YamlNode[];

/**
 * Fills in what a play, a block or a task sets, or a role's own defaults, or the inventory, where it is said once in all of these:
 * which of several counts is decided by the hosts. https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_variables.html
 */
export function expandIn(path: string, files: FileSet, own: OwnValues): Expand {
  const known = new Map<string, Value | undefined>();
  const lookup: Lookup = (name) => {
    if (!known.has(name)) known.set(name, onlyValue(own(name), path, linesOf(files, path, name), files));
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

interface Found {
  readonly pieces: readonly Piece[];
  readonly variables: readonly Variable[];
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
  own: readonly YamlNode[],
  path: string,
  lines: readonly Line[] | undefined,
  files: FileSet,
): Value | undefined {
  const [node, ...others] = own;
  if (lines === undefined || others.length > 0) return undefined;
  if (node !== undefined) return lines.length === 0 ? plainValue(node, path, 0) : undefined;
  const [line] = lines;
  return line === undefined || lines.length > 1 ? undefined : valueIn(line, files.get(line.path) ?? "");
}

function valueIn({ path, start, end }: Line, text: string): Value | undefined {
  if (end - start > LONGEST || goesOn(text, end)) return undefined;
  const [document] = readYaml(path, text.slice(start, end)).documents;
  const [node] = document?.kind === "map" ? document.entries.values() : [];
  return node && plainValue(node, path, start);
}

/** `base`: where what was read begins in the file. */
function plainValue(node: YamlNode, path: string, base: number): Value | undefined {
  const scalar = follow(node);
  if (scalar?.kind !== "scalar" || !scalar.isExact || scalar.value === "" || scalar.value.length > LONGEST)
    return undefined;
  if (scalar.isPlain && OTHER_NUMBER.test(scalar.value)) return undefined;
  return { path, value: scalar.value, start: base + scalar.start };
}

/** Whether the line behind an offset belongs to the one before it. */
function goesOn(text: string, end: number): boolean {
  return /^\r?\n[ \t]+[^\s#]/.test(text.slice(end, end + LONGEST));
}
