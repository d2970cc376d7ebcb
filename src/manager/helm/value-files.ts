import type { FileSet } from "../../core/use/use.ts";
import { isHelmfile, isValuesTemplate } from "../syntax/yaml/helmfile.ts";
import { entriesOf, isText, itemsOf, textOf } from "../syntax/yaml/look.ts";
import { fileFinder, folderOf, joinPath } from "../syntax/yaml/named-path.ts";
import { readManifest } from "../syntax/yaml/read-manifest.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";

const YAML = /\.ya?ml$/i;
/** How Argo CD, Flux, Fleet and kustomize call lists of files with values, and one such file. */
const LISTS = /^(?:valueFiles|valuesFiles|additionalValuesFiles)$/;
const ONE = "valuesFile";
const MENTIONS = /\bvalues?Files?\b|\badditionalValuesFiles\b/;
/** In Helmfile's own files, where what is no name is values themselves. */
const LISTS_OF_HELMFILE = /^values$/;
const DEEPEST = 32;
/** So many names are looked for in one repository, each from so many folders. */
const MOST_NAMES = 1_000;
const MOST_FOLDERS = 4;
const LONGEST = 512;

interface Named {
  readonly name: string;
  /** Folders that the name may start from. */
  readonly from: readonly string[];
}

/**
 * Files that something deploys a chart with, whatever they are called. A name counts from the folder of the chart (`path`
 * beside it), from that of the file that has it, or from the root, wherever there is such a file.
 */
export function findValueFiles(files: FileSet): ReadonlySet<string> {
  const found = new Set<string>();
  const named = fileFinder(files);
  for (const { name, from } of namesIn(files).take(MOST_NAMES)) {
    for (const folder of from) {
      const path = joinPath(folder, name);
      for (const one of path === undefined ? [] : named(path))
        if (YAML.test(one) || isValuesTemplate(one)) found.add(one);
    }
  }
  return found;
}

function* namesIn(files: FileSet): Generator<Named> {
  for (const [path, text] of files) {
    const ofHelmfile = isHelmfile(path);
    if (!ofHelmfile && (!YAML.test(path) || !MENTIONS.test(text))) continue;
    const lists = ofHelmfile ? LISTS_OF_HELMFILE : LISTS;
    for (const document of readManifest(path, text).documents)
      yield* namesBelow(document, lists, [folderOf(path), ""], 0);
  }
}

function* namesBelow(node: YamlNode, lists: RegExp, from: readonly string[], depth: number): Generator<Named> {
  // What an alias stands for is read where it stands.
  if (depth > DEEPEST || node.kind === "alias") return;
  const around = foldersAround(node, from);
  for (const [key, value] of entriesOf(node)) {
    const items = lists.test(key) ? itemsOf(value) : key === ONE ? [value] : [];
    for (const name of items.map(nameOf)) if (name !== undefined) yield { name, from: around };
    yield* namesBelow(value, lists, around, depth + 1);
  }
  for (const item of itemsOf(node)) yield* namesBelow(item, lists, around, depth + 1);
}

function foldersAround(node: YamlNode, from: readonly string[]): readonly string[] {
  const chart = node.kind === "map" ? nameOf(node.entries.get("path")) : undefined;
  return chart === undefined || from.includes(chart) ? from : [chart, ...from].slice(0, MOST_FOLDERS);
}

function nameOf(node: YamlNode | undefined): string | undefined {
  const text = isText(node) ? textOf(node) : undefined;
  return text === "" || (text?.length ?? 0) > LONGEST ? undefined : text;
}
