import { stringsOf, type Values } from "../foreign.ts";
import type { Note } from "./note.ts";
import type { WrittenRule } from "./render.ts";
import { hoursOf } from "./schedule.ts";
import { AGE, minAgeOf, tagsOf } from "./values.ts";

/** What of a rule is a condition that is looked at on its own. */
export const CONDITIONS = new Set([
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
export const DESCRIBING = new Set(["description", "groupSlug", "$schema"]);

/** Options that a person may miss by their names. */
export const NOT_THERE: Readonly<Record<string, string>> = {
  groupName: "Oakum groups by image and track; directories can have pull requests of their own by `group`",
  assignees: "Oakum asks reviewers, and assigns nobody",
  labels: "labels are of a repository, not of a rule: commit.labels",
  addLabels: "labels are of a repository, not of a rule: commit.labels",
  prPriority: "Oakum orders by urgency, by its own scans",
  automergeType: "Oakum merges pull requests only",
  platformAutomerge: "Oakum merges by itself, after its own verdict",
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

/** What a rule of Renovate's decides, as a rule of ours does; whatever it says beyond that is noted. `path`: empty for the top. */
export function decisionsOf(rule: Values, path: string, note: Note): WrittenRule["decisions"] {
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
export const TRANSLATED = new Set([
  ...["enabled", "minimumReleaseAge", "stabilityDays", "allowedVersions", "reviewers", "schedule", "automergeSchedule"],
  ...["automerge", "pinDigests", "timezone"],
]);

function noteKeys(rule: Values, path: string, note: Note): void {
  for (const key of Object.keys(rule)) {
    if (TRANSLATED.has(key) || CONDITIONS.has(key) || DESCRIBING.has(key)) continue;
    note(`${path}.${key}`, NOT_THERE[key] ?? "Oakum has nothing of the kind");
  }
}
