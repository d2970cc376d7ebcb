import type { z } from "zod";
import type { DueTerms } from "../core/policy/due.ts";
import type { Origin, Urgency } from "../core/policy/policy.ts";
import { type Config, NO_CONFIG, type Stage } from "./config.ts";
import { findProblems } from "./finding.ts";
import { findUnsupported, NOT_YET } from "./not-yet.ts";
import { type ConfigProblem, hasErrors } from "./problem.ts";
import { type About, type Requirement, type Rule, requirementsFor, rulesFor, windowsRule } from "./rule.ts";
import { type OrganisationFile, organisationSchema, type RepositoryFile, repositorySchema } from "./schema.ts";
import { readYaml, type YamlDocument, type YamlPath } from "./yaml.ts";

/** A configuration file as read: `path` is how problems and origins name it. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
}

const WEBHOOK = "webhook:";

/**
 * Reads and merges the configuration of one repository. Pure, and it never throws: whatever is wrong is a problem with its
 * line and column, and with an error among them the configuration says `mode: observe`, so that nothing is acted on
 * by halves.
 */
export function loadConfig(
  files: { readonly repository?: ConfigFile | undefined; readonly organisation?: ConfigFile | undefined },
  about: About = {},
): { readonly config: Config; readonly problems: readonly ConfigProblem[] } {
  const repository = readFile(files.repository, repositorySchema);
  const organisation = readFile<OrganisationFile>(files.organisation, organisationSchema);
  const problems = [...repository.problems, ...organisation.problems];
  const config = { ...combine([repository, organisation], about), floor: floorOf(organisation, about) };
  return { config: hasErrors(problems) ? { ...config, mode: "observe", modeOrigin: "default" } : config, problems };
}

interface ReadFile<T extends RepositoryFile = RepositoryFile> {
  readonly path: string;
  readonly settings?: T;
  readonly document?: YamlDocument;
  readonly problems: readonly ConfigProblem[];
}

function readFile<T extends RepositoryFile>(file: ConfigFile | undefined, schema: z.ZodType<T>): ReadFile<T> {
  if (file === undefined) return { path: "", problems: [] };
  const { path } = file;
  const { document, problems } = readYaml(file.text);
  const invalid = { path, level: "error", code: "config-invalid" } as const;
  if (document === undefined) return { path, problems: problems.map((problem) => ({ ...invalid, ...problem })) };

  const parsed = schema.safeParse(document.value);
  if (!parsed.success) {
    const findings = findProblems(schema, document, parsed.error.issues);
    return { path, problems: findings.map(({ position, sentence }) => ({ ...invalid, ...position, sentence })) };
  }
  const unsupported = findUnsupported(document.value, NOT_YET).map(({ path: at, level, sentence }): ConfigProblem => {
    return { path, level, code: "not-yet-supported", ...document.keyAt(at), sentence };
  });
  return { path, settings: parsed.data, document, problems: unsupported.sort((one, other) => one.line - other.line) };
}

/** For every key outside the rules the first file that sets it decides; all files' rules and ignores count, in order. */
function combine(files: readonly ReadFile[], about: About): Omit<Config, "floor"> {
  const first = <T>(pick: (settings: RepositoryFile) => T | undefined): T | undefined => {
    for (const { settings } of files) {
      const value = settings === undefined ? undefined : pick(settings);
      if (value !== undefined) return value;
    }
    return undefined;
  };
  const branchesFrom = files.find(({ settings }) => settings?.branches !== undefined);
  const modeFrom = files.find(({ settings }) => settings?.mode !== undefined);
  return {
    mode: modeFrom?.settings?.mode ?? NO_CONFIG.mode,
    modeOrigin: modeFrom === undefined ? NO_CONFIG.modeOrigin : originIn(modeFrom, ["mode"]),
    rules: files.flatMap((file) => rulesOf(file, about)),
    branches: branchesFrom?.settings?.branches ?? NO_CONFIG.branches,
    branchesOrigin: branchesFrom === undefined ? NO_CONFIG.branchesOrigin : originIn(branchesFrom, ["branches"]),
    ignore: files.flatMap(ignoresOf),
    builds: first(({ builds }) => builds) ?? NO_CONFIG.builds,
    deploy: (first(({ deploy }) => deploy) ?? []).map(stageOf),
    due: Object.assign({}, ...files.map(dueOf).toReversed()),
    limits: {
      open: first(({ limits }) => limits?.open) ?? NO_CONFIG.limits.open,
      perHour: first(({ limits }) => limits?.perHour) ?? NO_CONFIG.limits.perHour,
    },
    commit: {
      prefix: first(({ commit }) => commit?.prefix) ?? NO_CONFIG.commit.prefix,
      labels: first(({ commit }) => commit?.labels) ?? NO_CONFIG.commit.labels,
    },
    notify: (first(({ notify }) => notify) ?? []).flatMap(channelOf),
  };
}

function rulesOf(file: ReadFile, about: About): readonly Rule[] {
  const { rules = [], windows } = file.settings ?? {};
  const own = rules.flatMap((entry, index) => rulesFor(entry, about, file.path, lineBelow(file, ["rules", index])));
  return windows === undefined ? own : [...own, windowsRule(windows, file.path, lineBelow(file, []))];
}

function floorOf(file: ReadFile<OrganisationFile>, about: About): readonly Requirement[] {
  return (file.settings?.require ?? []).flatMap((entry, index) =>
    requirementsFor(entry, about, file.path, lineBelow(file, ["require", index])),
  );
}

function lineBelow({ document }: ReadFile, entry: YamlPath): (keys: readonly string[]) => number {
  return (keys) => document?.keyAt([...entry, ...keys]).line ?? 1;
}

const URGENCIES: readonly Urgency[] = ["known-exploited", "critical", "high", "normal"];

function dueOf(file: ReadFile): DueTerms {
  const terms = URGENCIES.flatMap((urgency) => {
    const seconds = file.settings?.due?.[urgency];
    return seconds === undefined ? [] : [[urgency, { seconds, origin: originIn(file, ["due", urgency]) }] as const];
  });
  return Object.fromEntries(terms);
}

function ignoresOf(file: ReadFile): Config["ignore"] {
  return (file.settings?.ignore ?? []).map((glob, index) => ({ glob, origin: originIn(file, ["ignore", index]) }));
}

function originIn(file: ReadFile, path: YamlPath): Origin {
  return { path: file.path, line: file.document?.keyAt(path).line ?? 1 };
}

function stageOf({ environment, after, soak = 0 }: NonNullable<RepositoryFile["deploy"]>[number]): Stage {
  return after === undefined ? { environment, soak } : { environment, after, soak };
}

/** The name of a channel of a kind that is supported; the others have been reported. */
function channelOf(entry: string): readonly string[] {
  return entry.startsWith(WEBHOOK) ? [entry.slice(WEBHOOK.length)] : [];
}
