import { canonicalJson } from "../../core/text/canonical-json.ts";
import { unifiedDiff } from "../../core/text/unified-diff.ts";
import { isObject, type Values } from "../foreign.ts";
import { afterSpace, elementsAt, membersAt } from "./json5-text.ts";

/** A configuration as it is written; `keys`: where in the file it stands, as in `package.json`. */
interface Written {
  readonly path: string;
  readonly text: string;
  readonly keys: readonly string[];
}

type Parse = (text: string) => Values | undefined;

/**
 * Adds rules behind all others, where they decide, as a diff of the file; nothing when what comes of it would not read back
 * as exactly that.
 */
export function handOver(written: Written, parse: Parse, rules: readonly Values[]): string | undefined {
  const { path, text, keys } = written;
  const before = parse(text);
  const at = objectAt(text, keys);
  if (before === undefined || at === undefined) return undefined;
  const after = withRules(text, at, rules.map(ruleText));
  return isSame(parse(after), withRulesAt(before, keys, rules)) ? unifiedDiff(path, text, after) : undefined;
}

/** Where the object under these keys begins. */
function objectAt(text: string, keys: readonly string[]): number | undefined {
  let at = afterSpace(text, 0);
  for (const key of keys) {
    const member = membersAt(text, at).get(key);
    if (member === undefined) return undefined;
    at = member.start;
  }
  return text[at] === "{" ? at : undefined;
}

function withRules(text: string, at: number, rules: readonly string[]): string {
  const list = membersAt(text, at).get("packageRules");
  if (list === undefined) {
    const gap = gapAfter(text, at + 1);
    const inner = gap.includes("\n") ? `${gap}${indentOf(gap)}` : " ";
    const member = `"packageRules": [${inner}${rules.join(`,${inner}`)}${gap}]`;
    const comma = text[afterSpace(text, at + 1)] === "}" ? "" : ",";
    return splice(text, at + 1, `${gap}${member}${comma}`);
  }
  const [last] = elementsAt(text, list.start).slice(-1);
  if (last === undefined) return splice(text, list.start + 1, rules.join(", "));
  const gap = gapBefore(text, last.start);
  return splice(text, last.end, rules.map((rule) => `,${gap}${rule}`).join(""));
}

function splice(text: string, at: number, added: string): string {
  return `${text.slice(0, at)}${added}${text.slice(at)}`;
}

/** The line end and indent with which what follows begins, or a space where it is on the same line. */
function gapAfter(text: string, at: number): string {
  return /^[ \t]*(\r?\n[ \t]+)\S/.exec(text.slice(at, at + 200))?.[1] ?? " ";
}

function gapBefore(text: string, at: number): string {
  return /\r?\n[ \t]*$/.exec(text.slice(Math.max(0, at - 200), at))?.[0] ?? " ";
}

/** One level of the indent that a first member has. */
function indentOf(gap: string): string {
  const indent = gap.replace(/[\r\n]/g, "");
  return indent.includes("\t") ? "\t" : indent.slice(0, 4);
}

/** `{ "matchManagers": ["dockerfile"], "enabled": false }` */
function ruleText(rule: Values): string {
  const members = Object.entries(rule).map(([key, value]) => `${JSON.stringify(key)}: ${valueText(value)}`);
  return `{ ${members.join(", ")} }`;
}

function valueText(value: unknown): string {
  return Array.isArray(value) ? `[${value.map((one) => JSON.stringify(one)).join(", ")}]` : JSON.stringify(value);
}

function withRulesAt(values: Values, keys: readonly string[], rules: readonly Values[]): Values | undefined {
  const [key, ...rest] = keys;
  if (key !== undefined) {
    const inner = values[key];
    return isObject(inner) ? { ...values, [key]: withRulesAt(inner, rest, rules) } : undefined;
  }
  const { packageRules = [] } = values;
  return Array.isArray(packageRules) ? { ...values, packageRules: [...packageRules, ...rules] } : undefined;
}

/** `Infinity` and `NaN`, which JSON5 has, are nothing that could be compared. */
function isSame(one: unknown, other: unknown): boolean {
  try {
    return other !== undefined && canonicalJson(one) === canonicalJson(other);
  } catch {
    return false;
  }
}
