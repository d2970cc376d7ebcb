import { isAlias, isCollection, isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";

/** Where something stands in a text, both from 1; columns in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export interface YamlProblem extends Position {
  readonly sentence: string;
}

/** Keys and indexes from the document's root to a value. */
export type YamlPath = readonly (string | number)[];

/** A document of plain values, each of which knows where it was written. */
export interface YamlDocument {
  readonly value: unknown;
  valueAt(path: YamlPath): Position;
  /** Where the last key of the path stands; where the value stands, for an item of a list. */
  keyAt(path: YamlPath): Position;
}

/** Reading takes about 10 ms per KiB of the worst text: this is what one repository may cost everyone else. */
const LARGEST = 64 * 1024;
const DEEPEST = 16;
const MOST_PROBLEMS = 50;
const START: Position = { line: 1, column: 1 };

/**
 * Reads one YAML 1.2 document as plain values (core schema). Refused, each at its place: text above 64 KiB, nesting above
 * 16, duplicate keys, keys that are no text, `__proto__`, aliases and unknown tags.
 */
export function readYaml(source: string): {
  readonly document?: YamlDocument;
  readonly problems: readonly YamlProblem[];
} {
  const text = source.startsWith("\uFEFF") ? source.slice(1) : source;
  if (text.length > LARGEST) return { problems: [{ ...START, sentence: "the file is larger than 64 KiB" }] };

  const lines = new LineCounter();
  // the library compares every key with every other; ours are compared below, in linear time
  const parsed = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    schema: "core",
    merge: false,
    uniqueKeys: false,
  });
  const at = (offset: number): Position => positionOf(lines, offset);
  const faults = [...parsed.errors, ...parsed.warnings];
  if (faults.length > 0)
    return {
      problems: faults
        .slice(0, MOST_PROBLEMS)
        .map(({ code, message, pos }) => ({ ...at(pos[0]), sentence: faultOf(code, message) })),
    };

  const problems = refusals(parsed.contents, 1)
    .slice(0, MOST_PROBLEMS)
    .map(({ offset, sentence }) => ({ ...at(offset), sentence }));
  if (problems.length > 0) return { problems };
  const offsetOf = (path: YamlPath, of: "key" | "value") => at(find(parsed.contents, path, of));
  return {
    document: {
      value: parsed.toJS(),
      valueAt: (path) => offsetOf(path, "value"),
      keyAt: (path) => offsetOf(path, "key"),
    },
    problems: [],
  };
}

function faultOf(code: string, message: string): string {
  if (code === "RESOURCE_EXHAUSTION") return "the file is nested too deeply";
  if (code === "MULTIPLE_DOCS") return "the file holds more than one document";
  return `not valid YAML: ${message}`;
}

function positionOf(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return line === 0 ? START : { line, column: col };
}

interface Refusal {
  readonly offset: number;
  readonly sentence: string;
}

function refusals(node: unknown, depth: number): readonly Refusal[] {
  if (isAlias(node)) return [{ offset: startOf(node), sentence: "aliases are not read here: write the value out" }];
  if (!isCollection(node)) return [];
  if (depth > DEEPEST) return [{ offset: startOf(node), sentence: "the file is nested too deeply" }];
  const seen = new Set<string>();
  return node.items.flatMap((item) => {
    if (!isPair(item)) return refusals(item, depth + 1);
    const refusal = keyRefusal(item.key, seen);
    return refusal === undefined ? refusals(item.value, depth + 1) : [{ offset: startOf(item.key), sentence: refusal }];
  });
}

function keyRefusal(key: unknown, seen: Set<string>): string | undefined {
  if (!isScalar(key) || typeof key.value !== "string") return "a key must be text: put it in quotes";
  if (key.value === "__proto__") return "this key is not allowed";
  if (seen.has(key.value)) return "this key stands here already";
  seen.add(key.value);
  return undefined;
}

/** The offset of what stands at a path, or of the nearest thing around it. */
function find(root: Node | null, path: YamlPath, of: "key" | "value"): number {
  let node: unknown = root;
  let offset = startOf(root);
  for (const [depth, step] of path.entries()) {
    const wantsKey = of === "key" && depth === path.length - 1;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
      if (pair === undefined) return offset;
      offset = wantsKey || startOf(pair.value) === 0 ? startOf(pair.key) : startOf(pair.value);
      node = pair.value;
    } else if (isSeq(node) && typeof step === "number") {
      node = node.items[step];
      offset = startOf(node) || offset;
    } else return offset;
  }
  return offset;
}

function startOf(node: unknown): number {
  return (isScalar(node) || isCollection(node) || isAlias(node)) && node.range ? node.range[0] : 0;
}
