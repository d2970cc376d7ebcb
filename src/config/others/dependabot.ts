import type { OtherTool } from "../../core/use/other-tool.ts";
import { isObject, stringsOf, textOf, type Values } from "../foreign.ts";
import { compileGlob, LONGEST_GLOB } from "../glob.ts";
import { readYaml } from "../yaml.ts";
import { handOver } from "./dependabot-patch.ts";
import type { ManagedFile } from "./managed-file.ts";

/** Where Dependabot's configuration is. */
export const DEPENDABOT_PATHS: readonly string[] = [".github/dependabot.yml", ".github/dependabot.yaml"];

/**
 * What Dependabot's configuration says of these files: `undefined` when it updates none of them. One that cannot be read is
 * taken to update all that it knows how to. `base`: the branch that the files are on, the default one unless told otherwise.
 */
export function dependabotOf(
  path: string,
  text: string,
  files: readonly ManagedFile[],
  base: string,
  isDefault = true,
): OtherTool | undefined {
  const { document } = readYaml(text);
  const updates = document === undefined ? [...READS.keys()].map(everywhere) : updatesOf(document.value);
  const shares = updates.map((entry) => (isObject(entry) ? sharesOf(entry, files, { base, isDefault }) : []));
  const shared = [...new Set(shares.flat())].toSorted();
  if (shared.length === 0) return undefined;
  const patch = document && handOver(path, text, updates, shares);
  return { tool: "Dependabot", path, files: shared, ...(patch === undefined ? { byHand: BY_HAND } : { patch }) };
}

const BY_HAND =
  "remove the entries of `package-ecosystem` `docker` and `docker-compose`; from those of `helm` exclude the files of values by `exclude-paths`";

function everywhere(ecosystem: string): Values {
  return { "package-ecosystem": ecosystem, directories: ["**"] };
}

/** The entries of a configuration, as parsed. */
export function updatesOf(value: unknown): readonly unknown[] {
  return isObject(value) && Array.isArray(value.updates) ? value.updates : [];
}

/**
 * Which files an ecosystem reads images from, by what they are to Oakum and by their names; as dependabot-core has it. `docker`
 * reads Kubernetes manifests and charts' values too, and `github-actions` nothing but actions: no image of a job, a service or
 * a `docker://` step.
 */
const READS: ReadonlyMap<string, (file: ManagedFile, name: string) => boolean> = new Map([
  [
    "docker",
    ({ kind }, name) =>
      (kind === "dockerfile" && /dockerfile|containerfile/i.test(name)) ||
      ((kind === "kubernetes" || kind === "gitops") && /^[^.].*\.ya?ml$/i.test(name)) ||
      (kind === "helm" && /^[^.].*\.ya?ml$/i.test(name) && /values[-a-zA-Z_0-9.]*\.ya?ml$/i.test(name)),
  ],
  [
    "docker-compose",
    ({ kind }, name) => kind === "compose" && /(?:docker-)?compose(?:-\w+)?(?:\.[\w-]+)?\.ya?ml/i.test(name),
  ],
  ["helm", ({ kind }, name) => kind === "helm" && /values\.ya?ml$/i.test(name)],
]);

/** The files that an entry updates. With a limit of no pull requests it only answers to alerts, and of images there are none. */
function sharesOf(
  entry: Values,
  files: readonly ManagedFile[],
  { base, isDefault }: { readonly base: string; readonly isDefault: boolean },
): readonly string[] {
  const reads = READS.get(textOf(entry["package-ecosystem"]));
  const { "target-branch": target } = entry;
  if (reads === undefined || entry["open-pull-requests-limit"] === 0) return [];
  const isElsewhere = typeof target === "string" ? target !== base : !isDefault;
  if (isElsewhere || ignoresAll(entry)) return [];
  const inFolder = matcherOf(directoriesOf(entry).map(withoutSlashes));
  const excluded = stringsOf(entry["exclude-paths"]).map(withoutSlashes);
  const isExcluded = matcherOf(excluded);
  return files
    .filter((file) => {
      const { folder, name } = splitPath(file.path);
      const isOut = isExcluded(file.path) || excluded.some((one) => file.path.startsWith(`${one}/`));
      return reads(file, name) && inFolder(folder) && !isOut;
    })
    .map(({ path }) => path);
}

/** The directories that an entry is about, as written. */
export function directoriesOf({ directory, directories }: Values): readonly string[] {
  return [...stringsOf(directory), ...stringsOf(directories)];
}

/** Whether an entry ignores every image in every version. */
function ignoresAll({ ignore }: Values): boolean {
  const conditions = Array.isArray(ignore) ? ignore.filter(isObject) : [];
  return conditions.some((one) => one["dependency-name"] === "*" && !("versions" in one) && !("update-types" in one));
}

function splitPath(path: string): { readonly folder: string; readonly name: string } {
  const at = path.lastIndexOf("/");
  return { folder: path.slice(0, Math.max(0, at)), name: path.slice(at + 1) };
}

/** A directory without slashes at its ends; the root is empty. */
export function withoutSlashes(directory: string): string {
  return directory.replace(/^\.?\/+|\/+$/g, "").replace(/^\.$/, "");
}

function matcherOf(globs: readonly string[]): (text: string) => boolean {
  const compiled = globs.filter((glob) => glob.length <= LONGEST_GLOB).map(compileGlob);
  return (text) => globs.includes(text) || compiled.some((matches) => matches(text));
}
