import JSON5 from "json5";
import { canonicalJson } from "../../core/text/canonical-json.ts";
import { unifiedDiff } from "../../core/text/unified-diff.ts";
import type { OtherTool } from "../../core/use/other-tool.ts";

/** Where Renovate looks for its configuration, in its order; the first that is there counts (lib/config/app-strings.ts). */
export const RENOVATE_PATHS: readonly string[] = [
  "renovate.json",
  "renovate.json5",
  ".github/renovate.json",
  ".github/renovate.json5",
  ".renovaterc",
  ".renovaterc.json",
  ".renovaterc.json5",
  "package.json",
];

const MANAGER = "dockerfile";
const DISABLED = { enabled: false };
/** Presets that turn updates of images off. */
const WITHOUT_DOCKER = new Set(["docker:disable", ":disableDockerfile"]);

type Values = Readonly<Record<string, unknown>>;

/**
 * What Renovate's configuration at `path` says of Dockerfiles: `undefined` when it leaves them alone, or is none. Presets that
 * stand elsewhere are not read: who does not say that Dockerfiles are left alone is taken to manage them.
 */
export function renovateOf(path: string, text: string): OtherTool | undefined {
  const whole = parse(text);
  const isPackage = path === "package.json";
  const own = isPackage ? objectAt(whole, "renovate") : whole;
  if (own === undefined) return isPackage ? undefined : { tool: "Renovate", path };
  if (!managesDockerfiles(own)) return undefined;
  const patch = handOver(path, text, isPackage);
  return { tool: "Renovate", path, ...(patch !== undefined && { patch }) };
}

function parse(text: string): Values | undefined {
  try {
    const value: unknown = JSON5.parse(text.replace(/^\uFEFF/, ""));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function objectAt(values: Values | undefined, key: string): Values | undefined {
  const value = values?.[key];
  return isObject(value) ? value : undefined;
}

function managesDockerfiles(own: Values): boolean {
  const managers = listOf(own.enabledManagers);
  if (own.enabled === false || objectAt(own, MANAGER)?.enabled === false) return false;
  if (managers.length > 0 && !managers.includes(MANAGER)) return false;
  if (listOf(own.extends).some((preset) => WITHOUT_DOCKER.has(preset))) return false;
  return !(Array.isArray(own.packageRules) ? own.packageRules : []).some(turnsOff);
}

/** A rule without any other condition that turns off all Dockerfiles, or all images. */
function turnsOff(rule: unknown): boolean {
  if (!isObject(rule) || rule.enabled !== false) return false;
  const conditions = Object.keys(rule).filter((key) => key.startsWith("match") || key.startsWith("exclude"));
  const covers = (key: string, value: string) =>
    conditions.length === 1 && conditions[0] === key && listOf(rule[key]).includes(value);
  return covers("matchManagers", MANAGER) || covers("matchDatasources", "docker");
}

function listOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((item) => typeof item === "string");
}

/** Turns the manager off as the first key of its object; nothing when that would not read back as exactly that. */
function handOver(path: string, text: string, isPackage: boolean): string | undefined {
  const before = parse(text);
  const at = isPackage ? afterKey(text) : afterBrace(text);
  if (at === undefined || before === undefined) return undefined;
  const rest = text.slice(at);
  const indent = /^[ \t]*(\r?\n[ \t]+)\S/.exec(rest)?.[1] ?? " ";
  const comma = /^\s*\}/.test(rest) ? "" : ",";
  const after = `${text.slice(0, at)}${indent}"${MANAGER}": { "enabled": false }${comma}${rest}`;
  return readsBack(before, parse(after), isPackage) ? unifiedDiff(path, text, after) : undefined;
}

function afterKey(text: string): number | undefined {
  const found = /"renovate"\s*:\s*\{/.exec(text);
  return found === null ? undefined : found.index + found[0].length;
}

/** Behind the first brace that stands in no comment. */
function afterBrace(text: string): number | undefined {
  let at = 0;
  while (at < text.length && text[at] !== "{") {
    if (text.startsWith("//", at)) at = endOf(text, "\n", at);
    else if (text.startsWith("/*", at)) at = endOf(text, "*/", at + 2);
    else at += 1;
  }
  return at < text.length ? at + 1 : undefined;
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at < 0 ? text.length : at + mark.length;
}

function readsBack(before: Values, after: Values | undefined, isPackage: boolean): boolean {
  if (after === undefined) return false;
  const own = isPackage ? objectAt(before, "renovate") : before;
  // What was said of the manager before would stand beside, and win.
  if (own === undefined || MANAGER in own) return false;
  const changed = { ...own, [MANAGER]: DISABLED };
  return isSame(after, isPackage ? { ...before, renovate: changed } : changed);
}

/** `Infinity` and `NaN`, which JSON5 has, are nothing that could be compared. */
function isSame(one: unknown, other: unknown): boolean {
  try {
    return canonicalJson(one) === canonicalJson(other);
  } catch {
    return false;
  }
}
