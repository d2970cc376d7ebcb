import { imageKey, parseReference } from "../../core/reference.ts";
import type { FileSet } from "../../core/use/use.ts";
import type { Writer } from "../../core/use/writer.ts";
import { childAt, itemsOf, textOf, valueAt } from "../syntax/yaml/look.ts";
import { fileFinder, joinPath } from "../syntax/yaml/named-path.ts";
import { readManifest } from "../syntax/yaml/read-manifest.ts";
import { type Resource, resourceOf, resourcesIn } from "../syntax/yaml/resource.ts";
import type { YamlFile, YamlNode } from "../syntax/yaml/tree.ts";
import { isArgoCd } from "./argo-cd.ts";

const YAML = /\.ya?ml$/i;
const PREFIX = "argocd-image-updater.argoproj.io/";
const LONGEST = 4_096;
const LONGEST_PATH = 512;
const MOST_IMAGES = 64;
const MOST_SOURCES = 8;
/** So many resources of one repository are looked at. */
const MOST_WRITERS = 200;
const KUSTOMIZATIONS = ["kustomization.yaml", "kustomization.yml", "Kustomization"] as const;

/**
 * What Argo CD Image Updater writes: https://argocd-image-updater.readthedocs.io/en/stable/basics/update-methods/. The images
 * are those of its annotations, or of an `ImageUpdater`; the places the Application itself, and the files that it writes back to.
 */
export function imageUpdaters(files: FileSet): readonly Writer[] {
  const all = new Set(files.keys());
  const named = fileFinder(files);
  const writers: Writer[] = [];
  for (const [path, text] of files) {
    if (!YAML.test(path) || !text.includes(PREFIX) || writers.length >= MOST_WRITERS) continue;
    const file = readManifest(path, text);
    for (const node of file.documents.flatMap(resourcesIn).slice(0, MOST_WRITERS)) {
      writers.push(...writersOf(node, file, { all, named }));
    }
  }
  return writers.slice(0, MOST_WRITERS);
}

/** The files of a repository: all of them, and those that a path names. */
interface Files {
  readonly all: ReadonlySet<string>;
  named(path: string): readonly string[];
}

function writersOf(node: YamlNode, file: YamlFile, files: Files): readonly Writer[] {
  const resource = resourceOf(node);
  if (resource === undefined) return [];
  if (resource.apiVersion.startsWith(PREFIX) && resource.kind === "ImageUpdater")
    return [byResource(node, file, files)];
  return isArgoCd(resource) ? byAnnotations(node, resource, file, files) : [];
}

/** Which Applications it is about is a pattern over a cluster: its images are its own wherever they stand. */
function byResource(node: YamlNode, file: YamlFile, { all }: Files): Writer {
  const lists = itemsOf(childAt(node, "spec", "applicationRefs")).map((ref) => childAt(ref, "images"));
  const names = lists.flatMap((list) => itemsOf(list).map((image) => textOf(valueAt(image, "imageName")) ?? ""));
  return { who: whoAt(node, file), paths: all, images: keysOf(names) ?? new Set() };
}

function byAnnotations(node: YamlNode, { kind }: Resource, file: YamlFile, files: Files): readonly Writer[] {
  const application = kind === "Application" ? node : childAt(node, "spec", "template");
  const annotation = (name: string) => textOf(valueAt(application, "metadata", "annotations", PREFIX + name)) ?? "";
  const list = annotation("image-list");
  if (list === "") return [];
  const images = list.length > LONGEST ? undefined : keysOf(list.split(/[\s,]+/));
  const isGit = annotation("write-back-method").startsWith("git");
  const targets = isGit ? targetsOf(application, annotation("write-back-target"), files) : [];
  return [{ who: whoAt(node, file), paths: new Set([file.path, ...targets]), ...(images && { images }) }];
}

/** The files that it commits to: a kustomization, values, or a file of its own beside what is deployed. */
function targetsOf(application: YamlNode | undefined, target: string, files: Files): readonly string[] {
  const spec = valueAt(application, "spec");
  const sources = [valueAt(spec, "source"), ...itemsOf(childAt(spec, "sources"))];
  const folders = sources.slice(0, MOST_SOURCES).flatMap((source) => {
    const path = textOf(valueAt(source, "path"));
    return path === undefined || path.length > LONGEST_PATH ? [] : [path];
  });
  const [, kind = "", place] = /^(\w+)(?::(.*))?$/.exec(target.slice(0, LONGEST)) ?? [];
  const name = textOf(valueAt(application, "metadata", "name")) ?? "";
  return (folders.length === 0 ? [""] : folders).flatMap((folder) => {
    if (kind === "kustomization")
      return KUSTOMIZATIONS.flatMap((file) => namedIn(files, folder, `${place ?? "."}/${file}`));
    if (kind === "helmvalues") return namedIn(files, folder, place || "values.yaml");
    return namedIn(files, folder, `.argocd-source-${name}.yaml`);
  });
}

function namedIn(files: Files, folder: string, name: string): readonly string[] {
  return files.named(joinPath(folder, name) ?? "");
}

/** `alias=name:constraint`, each; `undefined` where one of them is known only later. */
function keysOf(entries: readonly string[]): ReadonlySet<string> | undefined {
  const names = entries.filter((entry) => entry !== "").slice(0, MOST_IMAGES);
  const keys = names.map((entry) => {
    const reference = parseReference(entry.replace(/^[^=/]*=/, "").replace(/[:@][^/]*$/, ""));
    return reference && imageKey(reference);
  });
  const known = keys.filter((key) => key !== undefined);
  return known.length === keys.length ? new Set(known) : undefined;
}

function whoAt(node: YamlNode, file: YamlFile): string {
  const [start = 0] = node.kind === "map" ? node.keys.values() : [];
  return `Argo CD Image Updater, ${file.path}:${file.lineOf(start)}`;
}
