import { isMap, isScalar, isSeq, parseDocument } from "yaml";
import { unifiedDiff } from "../../core/text/unified-diff.ts";
import type { OtherTool } from "../../core/use/other-tool.ts";
import { compileGlob, LONGEST_GLOB } from "../glob.ts";
import { readYaml } from "../yaml.ts";

/** Where Dependabot's configuration is. */
export const DEPENDABOT_PATHS: readonly string[] = [".github/dependabot.yml", ".github/dependabot.yaml"];

type Values = Readonly<Record<string, unknown>>;

/**
 * What Dependabot's configuration says of the Dockerfiles at `files`: `undefined` when it updates none of them. One that
 * cannot be read is taken to.
 */
export function dependabotOf(path: string, text: string, files: readonly string[]): OtherTool | undefined {
  const { document } = readYaml(text);
  if (document === undefined) return { tool: "Dependabot", path };
  const updates = isObject(document.value) && Array.isArray(document.value.updates) ? document.value.updates : [];
  const managing = updates.map((entry) => isObject(entry) && manages(entry, files));
  if (!managing.includes(true)) return undefined;
  const patch = handOver(path, text, managing);
  return { tool: "Dependabot", path, ...(patch !== undefined && { patch }) };
}

function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** With a limit of no pull requests it only answers to alerts, and of images there are none. */
function manages(entry: Values, files: readonly string[]): boolean {
  if (entry["package-ecosystem"] !== "docker" || entry["open-pull-requests-limit"] === 0) return false;
  const directories = [entry.directory, ...(Array.isArray(entry.directories) ? entry.directories : [])];
  const globs = directories.filter((one) => typeof one === "string").map(parts);
  return files.some((file) => {
    const folder = parts(file.split("/").slice(0, -1).join("/"));
    return globs.some((glob) => glob === folder || (glob.length <= LONGEST_GLOB && compileGlob(glob)(folder)));
  });
}

/** A directory without slashes at its ends; the root is empty. */
function parts(directory: string): string {
  return directory.replace(/^\.?\/+|\/+$/g, "");
}

/** The file without these entries; nothing when what is left does not read back as the others. */
function handOver(path: string, text: string, managing: readonly boolean[]): string | undefined {
  if (!managing.includes(false)) return unifiedDiff(path, text, "");
  const spans = entrySpans(text);
  if (spans === undefined || spans.length !== managing.length) return undefined;
  const lines = text.split("\n");
  const after = lines.filter((_, at) => !spans.some(({ from, to }, index) => managing[index] && at >= from && at < to));
  const read = readYaml(after.join("\n")).document?.value;
  const left = isObject(read) && Array.isArray(read.updates) ? read.updates.length : -1;
  return left === managing.filter((one) => !one).length ? unifiedDiff(path, text, after.join("\n")) : undefined;
}

/** The lines of each entry, from 0; `undefined` when two of them share one. */
function entrySpans(text: string): readonly { readonly from: number; readonly to: number }[] | undefined {
  const root = parseDocument(text, { schema: "core", merge: false, uniqueKeys: false }).contents;
  const pair = isMap(root) ? root.items.find(({ key }) => isScalar(key) && key.value === "updates") : undefined;
  if (!isSeq(pair?.value) || pair.value.flow === true) return undefined;
  const lineOf = (offset: number) => text.slice(0, offset).split("\n").length - 1;
  const starts = pair.value.items.map((item) => (isMap(item) && item.range ? lineOf(item.range[0]) : -1));
  const end = pair.value.range ? lastLine(text, pair.value.range[1], lineOf) : -1;
  const spans = starts.map((from, at) => ({ from, to: starts[at + 1] ?? end }));
  return spans.every(({ from, to }) => from >= 0 && to > from) ? spans : undefined;
}

/** The line after the last of a value that ends at an offset. */
function lastLine(text: string, offset: number, lineOf: (offset: number) => number): number {
  const trimmed = text.slice(0, offset).trimEnd().length;
  return lineOf(trimmed) + 1;
}
