import { isObject, stringsOf, type Values } from "../foreign.ts";
import { compileGlob, LONGEST_GLOB } from "../glob.ts";
import type { ManagedFile } from "./managed-file.ts";
import { all, any, type Maybe, type Patterns, patternsOf } from "./path-pattern.ts";
import { RENOVATE_MANAGERS, type RenovateManager } from "./renovate-managers.ts";

/** A file that a manager of Renovate's keeps up to date. */
export interface Share {
  readonly file: string;
  readonly manager: RenovateManager;
}

/** What Renovate has for managers that a configuration writes itself, where they look for images. */
const CUSTOM = { name: "custom.regex", kinds: [], patterns: [], categories: [], readsMore: true } as const;

/** Presets of Renovate's own that say something of what is looked at. All others are not read. */
const WITHOUT_DOCKER = new Set(["docker:disable", ":disableDockerfile"]);
const DISABLED_BY_DOCKER_DISABLE = new Set(["dockerfile", "docker-compose", "circleci"]);
const RECOMMENDED = [
  ...["config:recommended", "config:base", "config:best-practices", "config:js-app", "config:js-lib"],
  ":ignoreModulesAndTests",
];
const IGNORED = ["**/node_modules/**", "**/bower_components/**"];
const IGNORED_WITH_TESTS = [
  ...IGNORED,
  ...["**/vendor/**", "**/examples/**", "**/__tests__/**", "**/test/**", "**/tests/**", "**/__fixtures__/**"],
];

/**
 * Which of these files Renovate keeps up to date by a configuration, and by which of its managers. What nobody can tell
 * (an expression that costs too much, a rule about some images) counts as if it does; what is said in presets that stand
 * elsewhere is not known. `base`: the branch that the files are on, the default one unless told otherwise.
 */
export function sharesOf(
  own: Values,
  files: readonly ManagedFile[],
  base: string,
  isDefault: boolean,
): readonly Share[] {
  if (own.enabled === false || extendsAny(own, [":disableRenovate"]) || leavesBranch(own, base, isDefault)) return [];
  const patterns = patternsOf();
  const custom = customPatterns(own);
  return files.flatMap(({ path, kind }): readonly Share[] => {
    const managers = RENOVATE_MANAGERS.filter(
      (one) => one.kinds.some((own) => own === kind) && isLookedAt(own, one, path, patterns),
    );
    const byPattern = any(custom.map((one) => patterns.matches(one, path))) !== false;
    return [...managers, ...(byPattern ? [CUSTOM] : [])]
      .filter((manager) => isIncluded(own, manager, path, patterns) && isUpdated(own, manager, path, patterns))
      .map((manager) => ({ file: path, manager }));
  });
}

function extendsAny({ extends: presets }: Values, wanted: readonly string[]): boolean {
  return stringsOf(presets).some((preset) => wanted.includes(preset));
}

/** Whether only other branches than this one are kept up to date: where none are named, that is all but the default one. */
function leavesBranch({ baseBranchPatterns, baseBranches }: Values, base: string, isDefault: boolean): boolean {
  const names = stringsOf(baseBranchPatterns ?? baseBranches);
  if (names.length === 0) return !isDefault;
  const namesIt = (name: string) =>
    name === base || (name === "$default" && isDefault) || /^!?\//.test(name) || isGlobOf(name, base);
  return !names.some(namesIt);
}

function isGlobOf(name: string, base: string): boolean {
  return name.length <= LONGEST_GLOB && compileGlob(name)(base);
}

function isLookedAt(own: Values, manager: RenovateManager, path: string, patterns: Patterns): boolean {
  const { name, isOff } = manager;
  const enabled = stringsOf(own.enabledManagers);
  if (enabled.length > 0 && !enabled.includes(name)) return false;
  const said = isObject(own[name]) ? own[name] : {};
  const isDisabled =
    DISABLED_BY_DOCKER_DISABLE.has(name) && stringsOf(own.extends).some((one) => WITHOUT_DOCKER.has(one));
  if (typeof said.enabled === "boolean" ? !said.enabled : isOff === true || isDisabled) return false;
  if (manager.patterns.some((pattern) => pattern.test(path))) return true;
  return any(patternsIn(said).map((one) => patterns.matches(one, path))) !== false;
}

/** `fileMatch` is what `managerFilePatterns` was before: expressions without their slashes. */
function patternsIn({ managerFilePatterns, fileMatch }: Values): readonly string[] {
  return [...stringsOf(managerFilePatterns), ...stringsOf(fileMatch).map((expression) => `/${expression}/`)];
}

/** The files of managers that a configuration writes itself, as far as these are for images and nothing else. */
function customPatterns(own: Values): readonly string[] {
  const enabled = stringsOf(own.enabledManagers);
  if (enabled.length > 0 && !enabled.some((name) => name === "custom.regex" || name === "regex")) return [];
  const managers = [own.customManagers, own.regexManagers].flatMap((list) => (Array.isArray(list) ? list : []));
  return managers.filter(isObject).flatMap((one) => (one.datasourceTemplate === "docker" ? patternsIn(one) : []));
}

/** A path that is a part of the file's counts as ignored as well, as Renovate has it. */
function isIncluded(own: Values, { name }: RenovateManager, path: string, patterns: Patterns): boolean {
  const said = isObject(own[name]) ? own[name] : {};
  const withTests = extendsAny(own, RECOMMENDED) && !stringsOf(own.ignorePresets).includes(":ignoreModulesAndTests");
  const written = said.ignorePaths ?? own.ignorePaths;
  const ignored = written === undefined ? (withTests ? IGNORED_WITH_TESTS : IGNORED) : stringsOf(written);
  const included = stringsOf(said.includePaths ?? own.includePaths);
  if (ignored.some((one) => path.includes(one) || patterns.matchesGlob(one, path) === true)) return false;
  return included.length === 0 || included.some((one) => path === one || patterns.matchesGlob(one, path) !== false);
}

/** Whether the images of a file are updated by its rules: the last that is about them decides. */
function isUpdated(own: Values, manager: RenovateManager, path: string, patterns: Patterns): boolean {
  let enabled = true;
  for (const rule of Array.isArray(own.packageRules) ? own.packageRules : []) {
    if (!isObject(rule) || typeof rule.enabled !== "boolean") continue;
    const isAbout = concerns(rule, manager, path, patterns);
    if (isAbout === true) enabled = rule.enabled;
    // One that may be about some of them can turn them on, and never all of them off.
    if (isAbout === undefined && rule.enabled) enabled = true;
  }
  return enabled;
}

function concerns(rule: Values, manager: RenovateManager, path: string, patterns: Patterns): Maybe {
  const conditions = Object.keys(rule).filter((key) => /^(?:match|exclude)/.test(key));
  return all(
    conditions.map((key): Maybe => {
      const values = stringsOf(rule[key]);
      if (key === "matchManagers") return patterns.matchesList(values, manager.name);
      if (key === "matchDatasources") return patterns.matchesList(values, "docker");
      if (key === "matchFileNames") return patterns.matchesList(values, path);
      if (key === "matchCategories") return any(manager.categories.map((one) => patterns.matchesList(values, one)));
      return /^match(?:Package|Dep)Names$/.test(key) && values.includes("*") ? true : undefined;
    }),
  );
}
