import { KINDS, type Kind } from "../../core/use/kind.ts";
import { isObject, stringsOf, type Values } from "../foreign.ts";
import { RENOVATE_MANAGERS, type RenovateManager } from "../others/renovate-managers.ts";
import type { Migrated, Note, Untranslated } from "./note.ts";
import { renderRule, renderTop, type WrittenRule } from "./render.ts";
import { decisionsOf } from "./renovate-decisions.ts";
import { CHANGES, packageRules } from "./renovate-rules.ts";
import { noteOthers, topOf } from "./renovate-top.ts";

/**
 * Translates a resolved Renovate configuration (presets in it already, as `renovate --print-config` shows it) as far as it is
 * about images. Renovate lets the last rule win and Oakum the first, so their order is turned round. Whatever is left out is
 * listed. The text is one that `loadConfig` finds no fault with.
 */
export function migrateRenovate(resolved: Values): Migrated {
  const left: Untranslated[] = [];
  const note: Note = (path, why) => void left.push({ path, why });
  const managers = RENOVATE_MANAGERS.filter((manager) => isAtWork(resolved, manager));
  const rules = [
    ...leftAlone(managers),
    ...packageRules(resolved, note),
    ...updateTypes(resolved, note),
    ...managers.flatMap((manager) => managerRule(resolved, manager, note)),
  ];
  const last = { ...decisionsOf(resolved, "", note), allow: ["digest", "patch", "minor", "major"] };
  const top = topOf(resolved, resolved.enabled === false || managers.length === 0, note);
  noteOthers(resolved, note);
  const all = [...rules, { comment: "everything else", match: {}, decisions: last }].map(renderRule);
  return { text: renderTop(top, all), left };
}

/** Whether a manager looks after any file. */
function isAtWork(resolved: Values, { name, patterns, isOff }: RenovateManager): boolean {
  const enabled = stringsOf(resolved.enabledManagers);
  const own = isObject(resolved[name]) ? resolved[name] : {};
  const isOn = typeof own.enabled === "boolean" ? own.enabled : isOff !== true;
  const hasFiles = patterns.length > 0 || stringsOf(own.managerFilePatterns ?? own.fileMatch).length > 0;
  return isOn && hasFiles && (enabled.length === 0 || enabled.includes(name));
}

/** The kinds of file that Renovate keeps nothing of up to date: Oakum would, so it is told not to. */
function leftAlone(managers: readonly RenovateManager[]): readonly WrittenRule[] {
  const kind = KINDS.filter((one) => !managers.some(({ kinds }) => kinds[0] === one));
  if (kind.length === 0 || kind.length === KINDS.length) return [];
  return [
    {
      comment: "left alone by Renovate: take away what Oakum shall look after",
      match: { kind },
      decisions: { allow: [] },
    },
  ];
}

/** What each type of update says for itself: it holds where no rule says otherwise. */
function updateTypes(resolved: Values, note: Note): readonly WrittenRule[] {
  return Object.entries(CHANGES).flatMap(([type, change]) => {
    const own = resolved[type];
    const decisions = isObject(own) ? decisionsOf(own, type, note) : {};
    return Object.keys(decisions).length === 0 ? [] : [{ comment: type, match: { change: [change] }, decisions }];
  });
}

/** What a manager says for itself, and files that it looks for elsewhere than where Oakum does. */
function managerRule(resolved: Values, { name, kinds, patterns }: RenovateManager, note: Note): readonly WrittenRule[] {
  const own = resolved[name];
  if (!isObject(own)) return [];
  const { enabled: _, managerFilePatterns, fileMatch: __, commitMessageTopic: ___, ...said } = own;
  const usual = new Set([...GLOBS, ...patterns.map(patternText)]);
  if (stringsOf(managerFilePatterns).some((pattern) => !usual.has(pattern)))
    note(`${name}.managerFilePatterns`, "Oakum finds files by their usual names and by what is in them: docs/files.md");
  const kind: readonly Kind[] = kinds.slice(0, 1);
  const decisions = decisionsOf(said, name, note);
  return Object.keys(decisions).length === 0 ? [] : [{ comment: name, match: { kind }, decisions }];
}

/** The patterns of its own that Renovate writes as globs. */
const GLOBS = ["**/*-pipelines.yml", "**/*.tf", "**/*.tofu"];

/** The others as its own configuration writes them. */
function patternText({ source }: RegExp): string {
  return `/${source.replaceAll("\\/", "/")}/`;
}
