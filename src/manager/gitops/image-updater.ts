import { imageKey, parseReference } from "../../core/reference.ts";
import type { FileSet } from "../../core/use/use.ts";
import type { Writer } from "../../core/use/writer.ts";
import { childAt, itemsOf, textOf, valueAt } from "../yaml/look.ts";
import { filesNamed, joinPath } from "../yaml/named-path.ts";
import { readManifest } from "../yaml/read-manifest.ts";
import { type Resource, resourceOf, resourcesIn } from "../yaml/resource.ts";
import type { YamlFile, YamlNode } from "../yaml/tree.ts";
import { isArgoCd } from "./argo-cd.ts";

const YAML = /\.ya?ml$/i;
const PREFIX = "argocd-image-updater.argoproj.io/";
const LONGEST = 4_096;
const MOST_IMAGES = 64;
const KUSTOMIZATIONS = ["kustomization.yaml", "kustomization.yml", "Kustomization"] as const;

/**
 * What Argo CD Image Updater writes: https://argocd-image-updater.readthedocs.io/en/stable/basics/update-methods/. The images
 * are those of its annotations, or of an `ImageUpdater`; the places the Application itself, and the files that it writes back to.
 */
export function imageUpdaters(files: FileSet): readonly Writer[] {
  return [...files].flatMap(([path, text]) => {
    if (!YAML.test(path) || !text.includes(PREFIX)) return [];
    const file = readManifest(path, text);
    return file.documents.flatMap(resourcesIn).flatMap((node) => writersOf(node, file, files));
  });
}

function writersOf(node: YamlNode, file: YamlFile, files: FileSet): readonly Writer[] {
  const resource = resourceOf(node);
  if (resource === undefined) return [];
  if (resource.apiVersion.startsWith(PREFIX) && resource.kind === "ImageUpdater")
    return [byResource(node, file, files)];
  return isArgoCd(resource) ? byAnnotations(node, resource, file, files) : [];
}

/** Which Applications it is about is a pattern over a cluster: its images are its own wherever they stand. */
function byResource(node: YamlNode, file: YamlFile, files: FileSet): Writer {
  const lists = itemsOf(childAt(node, "spec", "applicationRefs")).map((ref) => childAt(ref, "images"));
  const names = lists.flatMap((list) => itemsOf(list).map((image) => textOf(valueAt(image, "imageName")) ?? ""));
  return { who: whoAt(node, file), paths: new Set(files.keys()), images: keysOf(names) ?? new Set() };
}

function byAnnotations(node: YamlNode, { kind }: Resource, file: YamlFile, files: FileSet): readonly Writer[] {
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
function targetsOf(application: YamlNode | undefined, target: string, files: FileSet): readonly string[] {
  const spec = valueAt(application, "spec");
  const sources = [valueAt(spec, "source"), ...itemsOf(childAt(spec, "sources"))];
  const folders = sources.map((source) => textOf(valueAt(source, "path"))).filter((path) => path !== undefined);
  const [, kind = "", place] = /^(\w+)(?::(.*))?$/.exec(target.slice(0, LONGEST)) ?? [];
  const name = textOf(valueAt(application, "metadata", "name")) ?? "";
  return (folders.length === 0 ? [""] : folders).flatMap((folder) => {
    if (kind === "kustomization")
      return KUSTOMIZATIONS.flatMap((file) => named(files, folder, `${place ?? "."}/${file}`));
    if (kind === "helmvalues") return named(files, folder, place || "values.yaml");
    return named(files, folder, `.argocd-source-${name}.yaml`);
  });
}

function named(files: FileSet, folder: string, name: string): readonly string[] {
  const path = joinPath(folder, name);
  return path === undefined ? [] : filesNamed(files, path);
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
