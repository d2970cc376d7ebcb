import type { Config } from "../../config/config.ts";
import { type ConfigFile, loadConfig } from "../../config/load.ts";
import type { ConfigProblem } from "../../config/problem.ts";
import type { Repository } from "../../core/repository.ts";
import type { Extraction } from "../../core/use/extraction.ts";
import type { TreeEntry } from "../../github/trees.ts";
import type { IndexedRepository } from "../../store/inverted-index.ts";
import type { Context } from "../context.ts";
import { isPolicyRepository, policyFor } from "./policy.ts";
import { ORGANISATION_CONFIG, REPOSITORY_CONFIG, readText, readTree } from "./read.ts";

/** How origins and problems name the organisation's file, whichever repository is looked at. */
export const ORGANISATION_ORIGIN = "organisation:oakum.yml";
/** UTF-16 units: a longer text is refused, however much of it there is. */
const MOST_KEPT = 64 * 1024 + 1;

/** What the files say that configure one repository, and may configure all. */
export type ConfigTexts = Pick<Extraction, "config" | "organisation">;

/** The configuration that counts, and what is wrong with the files that it came from. */
export type ConfigReading = ReturnType<typeof loadConfig>;

/** The texts at a commit, by its tree. */
export async function readConfigTexts(
  context: Context,
  repository: Repository,
  tree: ReadonlyMap<string, TreeEntry>,
): Promise<ConfigTexts> {
  const read = async (path: string) => {
    const entry = tree.get(path);
    return entry && (await readText(context, repository, entry)).slice(0, MOST_KEPT);
  };
  const config = await read(REPOSITORY_CONFIG);
  const organisation = await read(ORGANISATION_CONFIG);
  return { ...(config !== undefined && { config }), ...(organisation !== undefined && { organisation }) };
}

/** The configuration that counts now, by the default branch's head; `undefined` for a repository without commits. */
export async function currentConfig(context: Context, repository: Repository): Promise<Config | undefined> {
  return (await currentReading(context, repository))?.config;
}

/** The same, with what is wrong with it. */
export async function currentReading(context: Context, repository: Repository): Promise<ConfigReading | undefined> {
  const head = await context.github.trees.head(repository, repository.defaultBranch);
  if (head === undefined) return undefined;
  return configOf(
    context,
    repository,
    await readConfigTexts(context, repository, await readTree(context, repository, head)),
  );
}

/** The configuration of a repository whose files say this, with the organisation's under it. */
export async function configOf(context: Context, repository: Repository, texts: ConfigTexts): Promise<ConfigReading> {
  const own = fileOf(REPOSITORY_CONFIG, texts.config);
  const organisation = await organisationText(context, repository, texts);
  const { owner, name, properties } = repository;
  const about = { name: `${owner}/${name}`, ...(properties && { properties }) };
  if (organisation.state === "known")
    return loadConfig({ repository: own, organisation: fileOf(ORGANISATION_ORIGIN, organisation.text) }, about);
  const { config, problems } = loadConfig({ repository: own }, about);
  return { config: { ...config, mode: "observe", modeOrigin: "default" }, problems: [...problems, POLICY_UNKNOWN] };
}

function fileOf(path: string, text: string | undefined): ConfigFile | undefined {
  return text === undefined ? undefined : { path, text };
}

/** Rules that nobody can read must not count as absent: nothing is proposed without them. */
const POLICY_UNKNOWN: ConfigProblem = {
  path: ORGANISATION_ORIGIN,
  line: 1,
  column: 1,
  level: "error",
  code: "config-unreadable",
  sentence: "the organisation's policy repository is gone or archived, or GitHub does not show it to Oakum",
};

interface OrganisationText {
  readonly state: "known" | "unknown";
  readonly text: string | undefined;
}

/**
 * The organisation's file as its repository was last planned, which every push to it and every sweep has done: asking where
 * its branch points would be a request for each repository. Its own plan goes by the texts that are being planned.
 */
async function organisationText(
  context: Context,
  repository: Repository,
  { organisation }: ConfigTexts,
): Promise<OrganisationText> {
  if (isPolicyRepository(context, repository)) return { state: "known", text: organisation };
  const policy = await policyFor(context, repository);
  if (policy === "none" || policy === "unknown")
    return { state: policy === "none" ? "known" : "unknown", text: undefined };
  const kept = await context.store.index.extraction(policy, context.reader);
  return { state: "known", text: (kept ?? (await readPolicy(context, policy)))?.organisation };
}

/** Before its own first plan; `undefined` when it has no commit. */
async function readPolicy(context: Context, policy: IndexedRepository): Promise<ConfigTexts | undefined> {
  const known = policy.head ?? policy.named;
  const head = known ?? (await context.github.trees.head(policy, policy.defaultBranch));
  return head === undefined ? undefined : readConfigTexts(context, policy, await readTree(context, policy, head));
}
