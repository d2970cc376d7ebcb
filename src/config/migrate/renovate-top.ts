import { isObject, stringsOf, type Values } from "../foreign.ts";
import { RENOVATE_MANAGERS } from "../others/renovate-managers.ts";
import type { Note } from "./note.ts";
import type { Top } from "./render.ts";
import { DESCRIBING, NOT_THERE, TRANSLATED } from "./renovate-decisions.ts";
import { CHANGES } from "./renovate-rules.ts";
import { branchesOf, labelsOf, pathGlobOf } from "./values.ts";

/** Where Renovate's 0 means any number, ours is 100. */
const MOST = 100;

/** What holds for a repository as a whole. `isOff`: whether Renovate keeps no image up to date at all. */
export function topOf(resolved: Values, isOff: boolean, note: Note): Top {
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
    branches: branchesIn(resolved, note),
    ignore: [...new Set(ignore)],
    labels: labelsOf(resolved, note),
    ...(open !== undefined && { open }),
    ...(perHour !== undefined && { perHour }),
    ...(prefix !== undefined && { prefix }),
  };
}

function branchesIn(resolved: Values, note: Note): readonly string[] {
  const key = resolved.baseBranchPatterns === undefined ? "baseBranches" : "baseBranchPatterns";
  return branchesOf(
    stringsOf(resolved[key]).filter((name) => name !== "$default"),
    key,
    note,
  );
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
export function noteOthers(resolved: Values, note: Note): void {
  const isSaid = (value: unknown) =>
    !(value === undefined || value === null || value === false || value === "") &&
    !(Array.isArray(value) && value.length === 0) &&
    !(isObject(value) && Object.keys(value).length === 0);
  const known = new Set([...TRANSLATED, ...DESCRIBING, ...Object.keys(CHANGES), ...TOP, ...MANAGERS]);
  const others = Object.keys(resolved).filter((key) => !known.has(key) && isSaid(resolved[key]));
  for (const key of others) if (NOT_THERE[key] !== undefined) note(key, NOT_THERE[key]);
  const rest = others.filter((key) => NOT_THERE[key] === undefined);
  if (rest.length > 0) note(rest.slice(0, 200).join(", "), "Oakum has nothing of the kind");
}

const MANAGERS = RENOVATE_MANAGERS.map(({ name }) => name);
const TOP = [
  ...["packageRules", "enabledManagers", "ignorePaths", "prConcurrentLimit", "prHourlyLimit", "labels", "addLabels"],
  ...[
    "baseBranches",
    "baseBranchPatterns",
    "commitMessagePrefix",
    "semanticCommits",
    "semanticCommitType",
    "semanticCommitScope",
    "extends",
  ],
];
