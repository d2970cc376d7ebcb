import { isMap, isScalar, isSeq, parseDocument } from "yaml";
import { canonicalJson } from "../../core/text/canonical-json.ts";
import { unifiedDiff } from "../../core/text/unified-diff.ts";
import { isObject } from "../foreign.ts";
import { readYaml } from "../yaml.ts";

/** Lines of a file, from 0 and half open; `last`: the last that says anything; `column`: where the keys of the entry begin. */
interface EntrySpan {
  readonly from: number;
  readonly to: number;
  readonly last: number;
  readonly column: number;
}

/**
 * The file without the entries that update these files; one of `helm`, which updates charts as well, is kept, and the files are
 * excluded from it. Nothing when what is left does not read back as exactly that. `shares`: the files of each entry.
 */
export function handOver(
  path: string,
  text: string,
  updates: readonly unknown[],
  shares: readonly (readonly string[])[],
): string | undefined {
  const wanted = updates.flatMap((entry, at) => entryAfter(entry, shares[at] ?? []));
  if (wanted.length === 0) return unifiedDiff(path, text, "");
  const spans = entrySpans(text);
  if (spans?.length !== updates.length) return undefined;
  const lines = text.split("\n");
  const after = lines
    .flatMap((line, at) => {
      const index = spans.findIndex(({ from, to }) => at >= from && at < to);
      const span = spans[index];
      const files = shares[index] ?? [];
      if (span === undefined || files.length === 0) return [line];
      if (!isKept(updates[index])) return [];
      return at === span.last ? [line, ...exclusion(span.column, files, line)] : [line];
    })
    .join("\n");
  const read = readYaml(after).document?.value;
  const left = isObject(read) ? read.updates : undefined;
  return left !== undefined && canonicalJson(left) === canonicalJson(wanted)
    ? unifiedDiff(path, text, after)
    : undefined;
}

function isKept(entry: unknown): boolean {
  return isObject(entry) && entry["package-ecosystem"] === "helm";
}

/** An entry as it is to be: none, when it only updates what is handed over. What excludes some files already reads back as something else. */
function entryAfter(entry: unknown, files: readonly string[]): readonly unknown[] {
  if (files.length === 0) return [entry];
  return isObject(entry) && isKept(entry) ? [{ ...entry, "exclude-paths": files }] : [];
}

function exclusion(column: number, files: readonly string[], before: string): readonly string[] {
  const indent = " ".repeat(column);
  const end = before.endsWith("\r") ? "\r" : "";
  return ["exclude-paths:", ...files.map((file) => `  - ${JSON.stringify(file)}`)].map(
    (line) => `${indent}${line}${end}`,
  );
}

/** Where each entry stands; `undefined` when two of them share a line. */
function entrySpans(text: string): readonly EntrySpan[] | undefined {
  const root = parseDocument(text, { schema: "core", merge: false, uniqueKeys: false }).contents;
  const pair = isMap(root) ? root.items.find(({ key }) => isScalar(key) && key.value === "updates") : undefined;
  if (!isSeq(pair?.value) || pair.value.flow === true) return undefined;
  const lines = text.split("\n");
  const lineOf = (offset: number) => text.slice(0, offset).split("\n").length - 1;
  const starts = pair.value.items.map((item) => (isMap(item) && item.range ? item.range[0] : -1));
  const end = pair.value.range ? lineOf(text.slice(0, pair.value.range[1]).trimEnd().length) + 1 : -1;
  const spans = starts.map((start, at) => {
    const next = starts[at + 1];
    const from = lineOf(start);
    const to = next === undefined ? end : lineOf(next);
    const last = from + lines.slice(from, to).findLastIndex((line) => !/^\s*(?:#|$)/.test(line));
    return { from, to, last, column: start - (text.lastIndexOf("\n", start - 1) + 1) };
  });
  return spans.every(({ from, to }) => from >= 0 && to > from) ? spans : undefined;
}
