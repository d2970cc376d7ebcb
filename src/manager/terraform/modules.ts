import type { FileSet } from "../../core/use/use.ts";
import type { Lookup } from "../syntax/hcl/expression-use.ts";
import { readHcl } from "../syntax/hcl/read.ts";
import { type Definitions, scopeOf } from "../syntax/hcl/scope.ts";
import type { HclFile } from "../syntax/hcl/tree.ts";
import { folderOf } from "../syntax/yaml/named-path.ts";

const SOURCES = /\.(?:tf|tofu)$/;
const VALUES = /\.tfvars$/;
/** Read without being asked for: https://developer.hashicorp.com/terraform/language/values/variables */
const GIVEN = /(?:^|\/)(?:terraform|[^/]*\.auto)\.tfvars$/;

/** What counts before all other files of a folder: https://developer.hashicorp.com/terraform/language/files/override */
const OVERRIDE = /(?:^|[/_])override\.(?:tf|tofu)$/;

/** Whether a file is Terraform's or OpenTofu's own, by its name. */
export function isSource(path: string): boolean {
  return SOURCES.test(path);
}

/** Whether a file sets variables, by its name. */
export function isValues(path: string): boolean {
  return VALUES.test(path);
}

/** The modules of a repository: what stands in one folder is one module, whichever of its files it stands in. */
export interface Modules {
  read(path: string, text: string): HclFile;
  /** What names stand for in the module that a file is a part of. */
  lookupFrom(path: string): Lookup;
}

/** Reads each file once, and those of a module only when a name is asked for. */
export function modulesOf(files: FileSet): Modules {
  const read = new Map<string, HclFile>();
  const lookups = new Map<string, Lookup>();
  let folders: Map<string, string[]> | undefined;
  const readOnce = (path: string, text: string) => {
    const file = read.get(path) ?? readHcl(path, text);
    read.set(path, file);
    return file;
  };
  const definitions = (paths: readonly string[]): readonly Definitions[] =>
    paths.map((path) => {
      const text = files.get(path) ?? "";
      return { path, text, body: readOnce(path, text).body };
    });
  const lookupIn = (folder: string): Lookup => {
    folders ??= Map.groupBy(files.keys(), folderOf);
    const own = folders.get(folder) ?? [];
    return scopeOf(definitions(sourcesIn(own)), definitions(givenIn(own)));
  };
  return {
    read: readOnce,
    lookupFrom: (path) => (steps) => {
      const folder = folderOf(path);
      const lookup = lookups.get(folder) ?? lookupIn(folder);
      lookups.set(folder, lookup);
      return lookup(steps);
    },
  };
}

/** Those that override others last, by their names. */
function sourcesIn(paths: readonly string[]): readonly string[] {
  const sources = paths.filter(isSource);
  const overriding = sources.filter((path) => OVERRIDE.test(path)).toSorted();
  return [...sources.filter((path) => !OVERRIDE.test(path)), ...overriding];
}

/** `terraform.tfvars` first, then the others by their names. */
function givenIn(paths: readonly string[]): readonly string[] {
  const given = paths.filter((path) => GIVEN.test(path)).toSorted();
  return [
    ...given.filter((path) => !path.endsWith(".auto.tfvars")),
    ...given.filter((path) => path.endsWith(".auto.tfvars")),
  ];
}

/** Whether a file of values is read of its own accord, so that what it sets is seen where its variables are used. */
export function isGiven(path: string): boolean {
  return GIVEN.test(path);
}
