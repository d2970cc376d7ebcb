import { eachFile, NOTHING } from "../each-file.ts";
import type { Manager } from "../manager.ts";
import { expressionUse } from "../syntax/script/expression-use.ts";
import { GROOVY } from "../syntax/script/language.ts";
import { argumentsOf, everyList, isGroup, isMark, isName, statementsOf, textIn } from "../syntax/script/look.ts";
import { type Group, type Item, readScript, type Script } from "../syntax/script/tree.ts";
import type { FoundUse } from "../use/found.ts";
import { podUses } from "./pod-uses.ts";
import { registryUse } from "./registry-use.ts";

const NAMES = /(?:^|\/)(?:[^/]*[._-])?jenkinsfile(?:[._-][^/]*)?$/i;
const OTHER = /\.(?:md|txt|adoc|ya?ml|json)$/i;
/** What runs an image; `push`, `tag` and the like are about what was built. */
const RUNS: ReadonlySet<string> = new Set(["inside", "withRun", "run", "pull"]);
const PLATFORM = /(?:^|\s)--platform[ =](?<platform>[\w./-]+)/;

/**
 * Agents of declarative pipelines (https://www.jenkins.io/doc/book/pipeline/syntax/#agent), `docker.image(…).inside` of
 * scripted ones (https://www.jenkins.io/doc/book/pipeline/docker/), and containers of pod templates.
 */
export const jenkins: Manager = eachFile({
  kind: "jenkins",
  matches: (path) => NAMES.test(path) && !OTHER.test(path),
  read(path, text) {
    if (!/\bdocker\b|\bcontainerTemplate\b|\bkubernetes\b|\bpodTemplate\b/.test(text)) return NOTHING;
    const { script, problems } = readScript(path, text, GROOVY);
    if (script === undefined) return { found: [], problems };
    const found = [...everyList(script.items)].flatMap((items) => usesIn(script, items));
    return { found: found.toSorted((a, b) => a.use.span.start - b.use.span.start), problems };
  },
});

function usesIn(script: Script, items: readonly Item[]): readonly FoundUse[] {
  return items.flatMap((item, at) => {
    const next = items[at + 1];
    if (isName(item, "agent") && isGroup(next, "{")) return agentUses(script, next);
    if (isName(item, "podTemplate") && isGroup(next, "(")) return yamlUses(script, settingsOf(next));
    if (isName(item, "containerTemplate") && next?.kind === "group") return templateUses(script, next);
    return isName(item, "docker") && !isMark(items[at - 1], ".") ? runUses(script, items.slice(at, at + 6)) : [];
  });
}

/** `docker 'image'`, or a block that says more about it. */
function agentUses(script: Script, agent: Group): readonly FoundUse[] {
  return statementsOf(agent.items).flatMap(([first, ...rest]) => {
    const [block] = rest;
    if (isName(first, "kubernetes") && isGroup(block, "{")) return yamlUses(script, settingsOf(block));
    if (!isName(first, "docker") || block === undefined) return [];
    return isGroup(block, "{")
      ? dockerUses(script, block)
      : [expressionUse("jenkins", script, { items: rest, role: "workload" })];
  });
}

function dockerUses(script: Script, block: Group): readonly FoundUse[] {
  const settings = new Map<string, readonly Item[]>();
  for (const [first, ...rest] of statementsOf(block.items)) if (isName(first)) settings.set(first.value, rest);
  const items = settings.get("image") ?? [];
  if (items.length === 0) return [];
  const platform = PLATFORM.exec(textIn(settings.get("args") ?? [])?.value ?? "")?.groups?.platform;
  const image = { items, role: "workload", ...(platform !== undefined && { platform }) } as const;
  const registry = settings.get("registryUrl");
  return [registry === undefined ? expressionUse("jenkins", script, image) : registryUse(script, image, registry)];
}

/** `containerTemplate(name: 'node', image: 'node:22')`, or the same in a block. */
function templateUses(script: Script, template: Group): readonly FoundUse[] {
  return settingsOf(template).flatMap(({ name, value }) =>
    name === "image" && value.length > 0 ? [expressionUse("jenkins", script, { items: value, role: "workload" })] : [],
  );
}

/** `yaml: '''…'''`: a pod, as Kubernetes writes it. */
function yamlUses(script: Script, settings: readonly Setting[]): readonly FoundUse[] {
  return settings.flatMap(({ name, value }) => {
    const text = name === "yaml" ? textIn(value) : undefined;
    return text === undefined ? [] : podUses(script, text);
  });
}

interface Setting {
  readonly name?: string;
  readonly value: readonly Item[];
}

/** What is set in brackets, `name: value`, or in a block, `name value`. */
function settingsOf(group: Group): readonly Setting[] {
  if (group.open === "(") return argumentsOf(group, ":");
  return statementsOf(group.items).map(([first, ...value]) => ({ ...(isName(first) && { name: first.value }), value }));
}

/** `docker.image('node:22').inside { … }` */
function runUses(script: Script, [, point, image, name, then, act]: readonly Item[]): readonly FoundUse[] {
  const isRun = isMark(point, ".") && isName(image, "image") && isGroup(name, "(") && isMark(then, ".") && isName(act);
  if (!isRun || !RUNS.has(act.value) || name.items.length === 0) return [];
  return [expressionUse("jenkins", script, { items: name.items, role: "workload" })];
}
