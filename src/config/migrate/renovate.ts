import { isObject, stringsOf, type Values } from "../foreign.ts";
import { LONGEST_GLOB } from "../glob.ts";
import { renderRule, renderTop, type Top, type WrittenRule } from "./render.ts";
import { hoursOf } from "./schedule.ts";
import { AGE, imageGlobOf, labelsOf, minAgeOf, tagsOf } from "./values.ts";

/** An option that says something Oakum could not be told, and why. `path` as in `packageRules[3].groupName`. */
export interface Untranslated {
  readonly path: string;
  readonly why: string;
}

/** An `oakum.yml`, and what of the other configuration is not in it. */
export interface Migrated {
  readonly text: string;
  readonly left: readonly Untranslated[];
}

type Note = (path: string, why: string) => void;

const MANAGERS = new Set(["dockerfile"]);
/** Renovate's types of update by our classes of change. A tag's OS is nothing that Renovate changes. */
const CHANGES: Readonly<Record<string, string>> = {
  pin: "pin",
  pinDigest: "pin",
  digest: "digest",
  patch: "patch",
  minor: "minor",
  major: "major",
};
/** What of a rule is a condition that is met by every image of a Dockerfile, or is looked at on its own. */
const CONDITIONS = new Set([
  "matchManagers",
  "matchDatasources",
  "matchCategories",
  "matchPackageNames",
  "matchDepNames",
  "matchPackagePrefixes",
  "matchFileNames",
  "matchPaths",
  "matchUpdateTypes",
]);
/** Options of a rule that only describe it. */
const DESCRIBING = new Set(["description", "groupSlug", "$schema"]);

const NOT_THERE: Readonly<Record<string, string>> = {
  groupName: "Oakum groups by image and track; directories can have pull requests of their own by `group`",
  assignees: "Oakum asks reviewers, and assigns nobody",
  labels: "labels are of a repository, not of a rule: commit.labels",
  addLabels: "labels are of a repository, not of a rule: commit.labels",
  prPriority: "Oakum orders by urgency, by its own scans",
  automergeType: "Oakum merges pull requests only",
  platformAutomerge: "Oakum merges by itself, after its own verdict",
  baseBranches: "Oakum proposes to the default branch",
  baseBranchPatterns: "Oakum proposes to the default branch",
  hostRules: "logins and addresses of registries are the operator's: his file",
  registryAliases: "an image is asked for where its name says",
  registryUrls: "an image is asked for where its name says",
  customManagers: "Oakum reads files as the tools that own them do, not by patterns",
  regexManagers: "Oakum reads files as the tools that own them do, not by patterns",
  dependencyDashboard: "the organisation's report issue and the page take its place",
  branchConcurrentLimit: "limits.open counts pull requests",
  versioning: "Oakum compares tags by its own rules: docs/configuration.md",
  rebaseWhen: "Oakum refreshes in place, and makes a branch anew on conflict only",
};

/**
 * Translates a resolved Renovate configuration (presets in it already, as `renovate --print-config` shows it) as far as it is
 * about Dockerfiles. Renovate lets the last rule win and Oakum the first, so their order is turned round. Whatever is left out is
 * listed. The text is one that `loadConfig` finds no fault with.
 */
export function migrateRenovate(resolved: Values): Migrated {
  const left: Untranslated[] = [];
  const note: Note = (path, why) => void left.push({ path, why });
  const rules = [...packageRules(resolved, note), ...updateTypes(resolved, note), ...managerRule(resolved, note)];
  const last = { ...decisionsOf(resolved, "", note), allow: ["digest", "patch", "minor", "major"] };
  const top = topOf(resolved, note);
  noteOthers(resolved, note);
  const all = [...rules, { comment: "everything else", match: {}, decisions: last }].map(renderRule);
  return { text: renderTop(top, all), left };
}

/** The last rule first. */
function packageRules(resolved: Values, note: Note): readonly WrittenRule[] {
  const rules = Array.isArray(resolved.packageRules) ? resolved.packageRules : [];
  let elsewhere = 0;
  const translated = rules.flatMap((rule: unknown, at): readonly WrittenRule[] => {
    const path = `packageRules[${at}]`;
    if (!isObject(rule)) return [];
    if (!isOfImages(rule)) {
      elsewhere += 1;
      return [];
    }
    return ruleOf(rule, path, note);
  });
  if (elsewhere > 0) note("packageRules", `${elsewhere} of its rules are about other things than images`);
  return translated.toReversed();
}

/** Whether a rule may be about an image of a Dockerfile. */
function isOfImages(rule: Values): boolean {
  const managers = stringsOf(rule.matchManagers);
  const datasources = stringsOf(rule.matchDatasources);
  const categories = stringsOf(rule.matchCategories);
  if (managers.length > 0 && !managers.some((name) => MANAGERS.has(name) || name.startsWith("!"))) return false;
  if (datasources.length > 0 && !datasources.some((name) => name === "docker" || name.startsWith("!"))) return false;
  return categories.length === 0 || categories.includes("docker");
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
  return orNothing(names).flatMap((image) =>
    orNothing(paths).map((file) => ({
      ...(image !== undefined && { image }),
      ...(file !== undefined && { path: file }),
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

export function pathGlobOf(text: string): string | undefined {
  const path = text.replace(/^(\.?\/)+/, "").replace(/\/$/, "/**");
  return path === "" || path.length > LONGEST_GLOB || /[{}[\]!\\]|^\/.*\/$|^\//.test(path) ? undefined : path;
}

/** What each type of update says for itself: it holds where no rule says otherwise. */
function updateTypes(resolved: Values, note: Note): readonly WrittenRule[] {
  return Object.entries(CHANGES).flatMap(([type, change]) => {
    const own = resolved[type];
    const decisions = isObject(own) ? decisionsOf(own, type, note) : {};
    return Object.keys(decisions).length === 0 ? [] : [{ comment: type, match: { change: [change] }, decisions }];
  });
}

function managerRule(resolved: Values, note: Note): readonly WrittenRule[] {
  return ["dockerfile", "docker"].flatMap((name) => {
    const own = resolved[name];
    const decisions = isObject(own) ? decisionsOf(own, name, note) : {};
    return Object.keys(decisions).length === 0 ? [] : [{ comment: name, match: {}, decisions }];
  });
}

function decisionsOf(rule: Values, path: string, note: Note): WrittenRule["decisions"] {
  const at = (key: string) => (path === "" ? key : `${path}.${key}`);
  const minAge = ageOf(rule, at, note);
  const tags = tagsOf(rule.allowedVersions);
  if (typeof rule.allowedVersions === "string" && tags === undefined) {
    note(at("allowedVersions"), `${JSON.stringify(rule.allowedVersions)} is no glob of tags`);
  }
  const reviewers = reviewersOf(rule, at, note);
  const windows = windowsOf(rule, at, note);
  if (path !== "") noteKeys(rule, path, note);
  return {
    ...(rule.enabled === false && path !== "" && { allow: [] }),
    ...(minAge !== undefined && { minAge }),
    ...(tags !== undefined && { tags }),
    ...(typeof rule.automerge === "boolean" && { merge: rule.automerge ? "auto" : "approval" }),
    ...(typeof rule.pinDigests === "boolean" && { pin: rule.pinDigests ? "digest" : "tag" }),
    ...(reviewers.length > 0 && { reviewers }),
    ...(windows !== undefined && { windows }),
  };
}

function ageOf(rule: Values, at: (key: string) => string, note: Note): string | undefined {
  const written =
    rule.minimumReleaseAge ?? (typeof rule.stabilityDays === "number" ? `${rule.stabilityDays} days` : undefined);
  if (written === undefined || written === null) return undefined;
  const age = minAgeOf(written);
  if (age === undefined) note(at("minimumReleaseAge"), `${JSON.stringify(written)} is no ${AGE}`);
  return age;
}

function reviewersOf(rule: Values, at: (key: string) => string, note: Note): readonly string[] {
  return stringsOf(rule.reviewers).flatMap((name) => {
    const plain = name.replace(/^team:/, "").replace(/^@/, "");
    const isTeamAlone = name.startsWith("team:") && !plain.includes("/");
    if (!isTeamAlone && /^[\w.-]+(\/[\w.-]+)?$/.test(plain)) return [`@${plain}`];
    note(at("reviewers"), `${JSON.stringify(name)}: write a team with its organisation, such as @acme/payments`);
    return [];
  });
}

function windowsOf(rule: Values, at: (key: string) => string, note: Note): WrittenRule["decisions"]["windows"] {
  const zone = typeof rule.timezone === "string" ? rule.timezone : "UTC";
  const read = (key: string): readonly string[] => {
    const written = stringsOf(rule[key]);
    const hours = written.map((one) => hoursOf(one, zone));
    if (!hours.includes(undefined)) return hours.flatMap((some) => some ?? []);
    note(
      at(key),
      `${JSON.stringify(written)} could not be read: write it as windows, such as "Mon-Fri 06:00-18:00 ${zone}"`,
    );
    return [];
  };
  const propose = read("schedule");
  const merge = read("automergeSchedule");
  if (propose.length === 0 && merge.length === 0) return undefined;
  return { ...(propose.length > 0 && { propose }), ...(merge.length > 0 && { merge }) };
}

/** What a rule says that Oakum has nothing for. */
const TRANSLATED = new Set([
  ...["enabled", "minimumReleaseAge", "stabilityDays", "allowedVersions", "reviewers", "schedule", "automergeSchedule"],
  ...["automerge", "pinDigests", "timezone"],
]);

function noteKeys(rule: Values, path: string, note: Note): void {
  for (const key of Object.keys(rule)) {
    if (TRANSLATED.has(key) || CONDITIONS.has(key) || DESCRIBING.has(key)) continue;
    note(`${path}.${key}`, NOT_THERE[key] ?? "Oakum has nothing of the kind");
  }
}

/** Where Renovate's 0 means any number, ours is 100. */
const MOST = 100;

function topOf(resolved: Values, note: Note): Top {
  const managers = stringsOf(resolved.enabledManagers);
  const isOff = resolved.enabled === false || (managers.length > 0 && !managers.some((name) => MANAGERS.has(name)));
  const limit = (key: string) => {
    const value = resolved[key];
    if (typeof value !== "number" || !Number.isInteger(value) || value < 0) return undefined;
    if (value > MOST) note(key, `${MOST} is the most`);
    return value === 0 ? MOST : Math.min(value, MOST);
  };
  const open = limit("prConcurrentLimit");
  const perHour = limit("prHourlyLimit");
  const ignore = stringsOf(resolved.ignorePaths).flatMap((path) => {
    const glob = pathGlobOf(path);
    if (glob === undefined) note("ignorePaths", `${JSON.stringify(path)} is no glob that Oakum knows`);
    return glob ?? [];
  });
  const prefix = prefixOf(resolved, note);
  return {
    mode: isOff ? "observe" : "propose",
    ignore: [...new Set(ignore)],
    labels: labelsOf(resolved, note),
    ...(open !== undefined && { open }),
    ...(perHour !== undefined && { perHour }),
    ...(prefix !== undefined && { prefix }),
  };
}

function prefixOf(resolved: Values, note: Note): string | undefined {
  const { commitMessagePrefix: own, semanticCommits, semanticCommitType: type, semanticCommitScope: scope } = resolved;
  const semantic =
    typeof type === "string" ? `${type}${typeof scope === "string" && scope !== "" ? `(${scope})` : ""}:` : undefined;
  const prefix = typeof own === "string" && own !== "" ? own : semanticCommits === "enabled" ? semantic : undefined;
  if (prefix === undefined) return undefined;
  if (prefix.length < 40 && !/[\p{Cc}{}]/u.test(prefix)) return `${prefix.trim()} `;
  note("commitMessagePrefix", "write one line of less than 40 characters, without templates");
  return undefined;
}

/** Whatever else the top says: what a person may miss by its name, and the rest together. */
function noteOthers(resolved: Values, note: Note): void {
  const isSaid = (value: unknown) =>
    !(value === undefined || value === null || value === false || value === "") &&
    !(Array.isArray(value) && value.length === 0) &&
    !(isObject(value) && Object.keys(value).length === 0);
  const known = new Set([...TRANSLATED, ...DESCRIBING, ...Object.keys(CHANGES), ...TOP, "dockerfile", "docker"]);
  const others = Object.keys(resolved).filter((key) => !known.has(key) && isSaid(resolved[key]));
  for (const key of others) if (NOT_THERE[key] !== undefined) note(key, NOT_THERE[key]);
  const rest = others.filter((key) => NOT_THERE[key] === undefined);
  if (rest.length > 0) note(rest.slice(0, 200).join(", "), "Oakum has nothing of the kind");
}

const TOP = [
  ...["packageRules", "enabledManagers", "ignorePaths", "prConcurrentLimit", "prHourlyLimit", "labels", "addLabels"],
  ...["commitMessagePrefix", "semanticCommits", "semanticCommitType", "semanticCommitScope", "extends"],
];
