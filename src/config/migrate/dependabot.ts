import type { Kind } from "../../core/use/kind.ts";
import { isObject, stringsOf, textOf, type Values } from "../foreign.ts";
import { directoriesOf, updatesOf, withoutSlashes } from "../others/dependabot.ts";
import type { Migrated, Note, Untranslated } from "./note.ts";
import { renderRule, renderTop, type WrittenRule } from "./render.ts";
import { branchesOf, imageGlobOf, pathGlobOf } from "./values.ts";

/** What the ecosystems that read images keep up to date. */
const KINDS_OF: Readonly<Record<string, readonly Kind[]>> = {
  docker: ["dockerfile", "kubernetes", "gitops", "helm"],
  "docker-compose": ["compose"],
  helm: ["helm"],
};
/** Its types of update by our classes of change. */
const CHANGES: Readonly<Record<string, string>> = {
  "version-update:semver-major": "major",
  "version-update:semver-minor": "minor",
  "version-update:semver-patch": "patch",
};
const DAYS: Readonly<Record<string, string>> = {
  ...{
    monday: "Mon",
    tuesday: "Tue",
    wednesday: "Wed",
    thursday: "Thu",
    friday: "Fri",
    saturday: "Sat",
    sunday: "Sun",
  },
};
const READ = new Set([
  ...["package-ecosystem", "directory", "directories", "schedule", "ignore", "allow", "cooldown", "labels"],
  ...["open-pull-requests-limit", "commit-message", "target-branch", "exclude-paths"],
]);
const NOT_THERE: Readonly<Record<string, string>> = {
  groups: "Oakum groups by image and track; directories can have pull requests of their own by `group`",
  assignees: "Oakum asks reviewers, and assigns nobody",
  registries: "logins of registries are the operator's: his file",
  "rebase-strategy": "Oakum refreshes in place, and makes a branch anew on conflict only",
};
/** Dependabot's own, where nothing is said. */
const USUAL_LIMIT = 5;
const MOST_OPEN = 100;

/**
 * Translates Dependabot's configuration as far as it is about images: an entry becomes a rule for its directories and kinds of
 * file, and whatever no entry is about is left alone, as there. Nothing merges by itself. What is left out is listed; the text is
 * one that `loadConfig` finds no fault with.
 */
export function migrateDependabot(configuration: Values): Migrated {
  const left: Untranslated[] = [];
  const note: Note = (path, why) => void left.push({ path, why });
  const entries = updatesOf(configuration).flatMap((entry, at) => entryOf(entry, `updates[${at}]`, note));
  const rules = entries.flatMap(({ entry, path }) => rulesOf(entry, path, note));
  const rest = { comment: "left alone by Dependabot: take this away to have Oakum look after it", match: {} };
  const open = entries.reduce((sum, { entry }) => sum + limitOf(entry), 0);
  const labels = [...new Set(entries.flatMap(({ entry }) => stringsOf(entry.labels)))];
  const prefix = entries.map(({ entry }) => prefixOf(entry)).find((one) => one !== undefined);
  const top = {
    mode: entries.length > 0 ? ("propose" as const) : ("observe" as const),
    branches: [...new Set(entries.flatMap(({ entry, path }) => targetOf(entry, path, note)))],
    ignore: [...new Set(entries.flatMap(({ entry, path }) => ignoredBy(entry, path, note)))],
    labels: labels.filter((label) => label !== "" && label.length <= 50).slice(0, 10),
    ...(open > 0 && { open: Math.min(open, MOST_OPEN) }),
    ...(prefix !== undefined && { prefix }),
  };
  const all = [...rules, { ...rest, decisions: { allow: [] } }];
  return { text: renderTop(top, all.map(renderRule)), left };
}

interface Entry {
  readonly entry: Values;
  /** As in `updates[3]`. */
  readonly path: string;
}

/** An entry that is about images; of the others it is noted why they are left out. */
function entryOf(entry: unknown, path: string, note: Note): readonly Entry[] {
  if (!isObject(entry)) return [];
  const ecosystem = textOf(entry["package-ecosystem"]);
  if (KINDS_OF[ecosystem] === undefined) {
    note(path, `${JSON.stringify(ecosystem)} is about other things than images`);
    return [];
  }
  if (entry["open-pull-requests-limit"] === 0) {
    note(path, "it allows no pull request");
    return [];
  }
  for (const key of Object.keys(entry)) {
    if (!READ.has(key)) note(`${path}.${key}`, NOT_THERE[key] ?? "Oakum has nothing of the kind");
  }
  return [{ entry, path }];
}

function targetOf(entry: Values, path: string, note: Note): readonly string[] {
  const target = entry["target-branch"];
  return target === undefined ? [] : branchesOf([textOf(target)], `${path}.target-branch`, note);
}

function limitOf(entry: Values): number {
  const limit = entry["open-pull-requests-limit"];
  return typeof limit === "number" && Number.isInteger(limit) && limit > 0 ? limit : USUAL_LIMIT;
}

/** Those for some images and changes before that for all of them: the first that sets a key decides. */
function rulesOf(entry: Values, path: string, note: Note): readonly WrittenRule[] {
  const kind = KINDS_OF[textOf(entry["package-ecosystem"])] ?? [];
  const places = directoriesOf(entry).flatMap((directory) => {
    const folder = withoutSlashes(directory);
    const glob = pathGlobOf(folder === "" ? "*" : `${folder}/*`);
    if (glob === undefined) note(`${path}.directory`, `${JSON.stringify(directory)} is no glob that Oakum knows`);
    return glob === undefined ? [] : [{ path: glob, kind }];
  });
  const ignored = conditionsOf(entry.ignore, `${path}.ignore`, note);
  const allowed = conditionsOf(entry.allow, `${path}.allow`, note).filter(({ image }) => image !== undefined);
  const cooled = cooldownOf(entry.cooldown, `${path}.cooldown`, note);
  const allow = ["digest", "patch", "minor", "major"];
  // Where some images are named, all others are left alone, also when a name could not be translated.
  const names = Array.isArray(entry.allow) && entry.allow.some((one) => isObject(one) && "dependency-name" in one);
  const usual = { merge: "never", ...windowOf(entry.schedule, `${path}.schedule`, note) } as const;
  return places.flatMap((place) => [
    ...ignored.map((match) => ({ comment: `${path}.ignore`, match: { ...place, ...match }, decisions: { allow: [] } })),
    ...cooled.map(({ change, minAge }) => ({
      ...{
        comment: `${path}.cooldown`,
        match: { ...place, ...(change && { change: [change] }) },
        decisions: { minAge },
      },
    })),
    ...allowed.map((match) => ({ comment: `${path}.allow`, match: { ...place, ...match }, decisions: { allow } })),
    { comment: path, match: place, decisions: { allow: names ? [] : allow, ...usual } },
  ]);
}

/** Images, and changes of them, that are ignored or allowed. Ranges of versions are noted. */
function conditionsOf(list: unknown, path: string, note: Note): readonly WrittenRule["match"][] {
  return (Array.isArray(list) ? list.filter(isObject) : []).flatMap((one, at): readonly WrittenRule["match"][] => {
    const name = one["dependency-name"];
    const image = typeof name === "string" ? imageGlobOf(name) : undefined;
    const types = stringsOf(one["update-types"]);
    const change = types.flatMap((type) => CHANGES[type] ?? []);
    const isOdd = "versions" in one || change.length < types.length || (name !== undefined && image === undefined);
    if (isOdd) note(`${path}[${at}]`, "versions, and names that are no glob of an image, cannot be written as a rule");
    if (isOdd || (image === undefined && change.length === 0)) return [];
    return [{ ...(image !== undefined && { image }), ...(change.length > 0 && { change }) }];
  });
}

function cooldownOf(cooldown: unknown, path: string, note: Note) {
  if (!isObject(cooldown)) return [];
  if ("include" in cooldown || "exclude" in cooldown)
    note(path, "it holds for all images, whatever is included or excluded");
  return (["semver-major", "semver-minor", "semver-patch", "default"] as const).flatMap((name) => {
    const days = cooldown[`${name}-days`];
    const change = CHANGES[`version-update:${name}`];
    if (typeof days !== "number" || !Number.isInteger(days) || days < 0 || days > 366) return [];
    return [{ minAge: `${days}d`, ...(change !== undefined && { change }) }];
  });
}

/** On which days it looks; ours is then open all day, since a push to an image can come at any time. */
function windowOf(schedule: unknown, path: string, note: Note): Pick<WrittenRule["decisions"], "windows"> {
  if (!isObject(schedule)) return {};
  const { interval, day = "monday" } = schedule;
  const days = interval === "weekly" ? DAYS[textOf(day)] : interval === "daily" ? "Mon-Fri" : undefined;
  if (days !== undefined) return { windows: { propose: [`${days} 00:00-24:00 ${zoneOf(schedule)}`] } };
  note(path, `${JSON.stringify(interval ?? null)} could not be written as a window`);
  return {};
}

function zoneOf({ timezone }: Values): string {
  try {
    if (typeof timezone !== "string" || !/^[A-Za-z0-9_+/-]{1,64}$/.test(timezone)) return "UTC";
    new Intl.DateTimeFormat("en", { timeZone: timezone });
    return timezone;
  } catch {
    return "UTC";
  }
}

function ignoredBy(entry: Values, path: string, note: Note): readonly string[] {
  return stringsOf(entry["exclude-paths"]).flatMap((one) => {
    const glob = pathGlobOf(one);
    if (glob === undefined) note(`${path}.exclude-paths`, `${JSON.stringify(one)} is no glob that Oakum knows`);
    return glob ?? [];
  });
}

/** A colon is put behind a word or a bracket, as Dependabot does. */
function prefixOf(entry: Values): string | undefined {
  const message = entry["commit-message"];
  if (!isObject(message) || typeof message.prefix !== "string" || message.prefix.trim() === "") return undefined;
  const written = `${message.prefix.trim()}${message.include === "scope" ? "(deps)" : ""}`;
  const prefix = /[\p{L}\p{N})\]]$/u.test(written) ? `${written}: ` : `${written} `;
  return prefix.length <= 40 && !/\p{Cc}/u.test(prefix) ? prefix : undefined;
}
