import { KINDS, type Kind } from "../../core/use/kind.ts";
import { isObject, stringsOf, type Values } from "../foreign.ts";
import { patternsOf } from "../others/path-pattern.ts";
import { RENOVATE_MANAGERS } from "../others/renovate-managers.ts";
import type { Note } from "./note.ts";
import type { WrittenRule } from "./render.ts";
import { CONDITIONS, decisionsOf } from "./renovate-decisions.ts";
import { imageGlobOf, pathGlobOf } from "./values.ts";

/** Renovate's types of update by our classes of change. A tag's OS is nothing that Renovate changes. */
export const CHANGES: Readonly<Record<string, string>> = {
  pin: "pin",
  pinDigest: "pin",
  digest: "digest",
  patch: "patch",
  minor: "minor",
  major: "major",
};
/** The rules of a configuration, the last first. */
export function packageRules(resolved: Values, note: Note): readonly WrittenRule[] {
  const rules = Array.isArray(resolved.packageRules) ? resolved.packageRules : [];
  let elsewhere = 0;
  const translated = rules.flatMap((rule: unknown, at): readonly WrittenRule[] => {
    const path = `packageRules[${at}]`;
    if (!isObject(rule)) return [];
    if (!isOfImages(rule) || kindsOf(rule).length === 0) {
      elsewhere += 1;
      return [];
    }
    return ruleOf(rule, path, note);
  });
  if (elsewhere > 0) note("packageRules", `${elsewhere} of its rules are about other things than images`);
  return translated.toReversed();
}

/** Whether a rule may be about images. */
function isOfImages({ matchDatasources }: Values): boolean {
  return matchDatasources === undefined || patternsOf().matchesList(stringsOf(matchDatasources), "docker") !== false;
}

/** The kinds of file that a rule is about: all, unless it names managers or categories. */
function kindsOf(rule: Values): readonly Kind[] {
  const { matches, matchesList } = patternsOf();
  const { matchManagers, matchCategories } = rule;
  if (matchManagers === undefined && matchCategories === undefined) return KINDS;
  const managers = RENOVATE_MANAGERS.filter(({ name, categories }) => {
    const isNamed = matchManagers === undefined || matchesList(stringsOf(matchManagers), name) !== false;
    const wanted = stringsOf(matchCategories);
    return (
      isNamed && (matchCategories === undefined || categories.some((one) => wanted.some((it) => matches(it, one))))
    );
  });
  return KINDS.filter((kind) => managers.some(({ kinds }) => kinds[0] === kind));
}

function ruleOf(rule: Values, path: string, note: Note): readonly WrittenRule[] {
  const odd = Object.keys(rule).find((key) => /^(match|exclude)/.test(key) && !CONDITIONS.has(key));
  if (odd !== undefined) {
    note(`${path}.${odd}`, "Oakum has no such condition, so the rule is left out");
    return [];
  }
  const decisions = decisionsOf(rule, path, note);
  if (Object.keys(decisions).length === 0) return [];
  return matchesOf(rule, path, note).map((match) => ({ comment: path, match, decisions }));
}

/** A rule of ours names one image and one path: the product of what is listed. */
function matchesOf(rule: Values, path: string, note: Note): readonly WrittenRule["match"][] {
  const images = listed(rule, path, ["matchPackageNames", "matchDepNames"], imageGlobOf, note);
  const prefixes = listed(rule, path, ["matchPackagePrefixes"], (name) => imageGlobOf(`${name}**`), note);
  const paths = listed(rule, path, ["matchFileNames", "matchPaths"], pathGlobOf, note);
  const change = changesOf(rule, path, note);
  if (images === "none" || prefixes === "none" || paths === "none" || change === "none") return [];
  const names = [...images, ...prefixes];
  const kind = kindsOf(rule);
  return orNothing(names).flatMap((image) =>
    orNothing(paths).map((file) => ({
      ...(image !== undefined && { image }),
      ...(file !== undefined && { path: file }),
      ...(kind.length < KINDS.length && { kind }),
      ...(change.length > 0 && { change }),
    })),
  );
}

function orNothing<T>(list: readonly T[]): readonly (T | undefined)[] {
  return list.length === 0 ? [undefined] : list;
}

/** The values of conditions that can be written as ours; `none` when the rule has such conditions and not one can be. */
function listed(
  rule: Values,
  path: string,
  keys: readonly string[],
  translate: (value: string) => string | undefined,
  note: Note,
): readonly string[] | "none" {
  const written = keys.flatMap((key) => stringsOf(rule[key]).map((value) => ({ key, value })));
  const known = written.flatMap(({ key, value }) => {
    const glob = translate(value);
    if (glob === undefined) note(`${path}.${key}`, `${JSON.stringify(value)} is no glob that Oakum knows`);
    return glob === undefined ? [] : [glob];
  });
  return written.length > 0 && known.length === 0 ? "none" : [...new Set(known)];
}

function changesOf(rule: Values, path: string, note: Note): readonly string[] | "none" {
  const types = stringsOf(rule.matchUpdateTypes);
  const known = types.flatMap((type) => CHANGES[type] ?? []);
  for (const type of types.filter((one) => CHANGES[one] === undefined)) {
    note(`${path}.matchUpdateTypes`, `${JSON.stringify(type)} is no change that Oakum makes`);
  }
  return types.length > 0 && known.length === 0 ? "none" : [...new Set(known)];
}
