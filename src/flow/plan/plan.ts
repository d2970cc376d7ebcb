import { tooManyBranches } from "../../config/branches.ts";
import type { Config } from "../../config/config.ts";
import { ignoredBy, policyOf } from "../../config/merge.ts";
import type { ConfigProblem } from "../../config/problem.ts";
import type { Line } from "../../core/line.ts";
import { followedTag } from "../../core/plan/candidate.ts";
import { followTags } from "../../core/plan/follow.ts";
import { globsAt } from "../../core/plan/globs.ts";
import { holdUpdates, holdUses, knownImages, planUpdates } from "../../core/plan/plan.ts";
import type { Plan, UpdateGroup, UseStatus } from "../../core/plan/update.ts";
import type { PolicyOf } from "../../core/policy/policy.ts";
import { type Reason, reason } from "../../core/reason.ts";
import type { ImageName } from "../../core/reference.ts";
import type { Repository, RepositoryId, Sha } from "../../core/repository.ts";
import { canonicalJson } from "../../core/text/canonical-json.ts";
import type { Extraction } from "../../core/use/extraction.ts";
import type { Problem } from "../../core/use/use.ts";
import type { Index, IndexedUse } from "../../store/inverted-index.ts";
import type { Tables } from "../../store/store.ts";
import type { Context, Run } from "../context.ts";
import { SCANS_WAIT } from "../gate/scan-next.ts";
import { type ConfigReading, configOf, readConfigTexts } from "../read/config.ts";
import { readOwners } from "../read/owners.ts";
import { isPolicyRepository, leaveIndex, spreadPolicy } from "../read/policy.ts";
import { readSnapshot, readTree } from "../read/read.ts";
import { assertCurrent } from "../record.ts";
import { factsOf, imagesOf } from "./facts.ts";
import { leftToOthers, othersKey, readOthers } from "./others.ts";
import { missingPermissions } from "./permissions.ts";
import { urgencies } from "./urgency.ts";
import { wakeWaiting } from "./wake-waiting.ts";
import { withinReach } from "./within-reach.ts";

/** What shall become of a repository, and all that this was decided from. */
export interface RepositoryPlan {
  readonly repository: Line;
  readonly extraction: Extraction;
  readonly reading: ConfigReading;
  readonly plan: Plan;
  /** What there is to propose, were it old enough, and the repository as a whole not held: by its mode, say. */
  readonly would: readonly UpdateGroup[];
  /** Why nothing of the repository is done at all, if that is so. */
  readonly held?: Reason;
}

/** What is to be done with a line beside the default branch, as a commit of that says. */
export interface Ruling {
  readonly commit: Sha;
  /** What was read of a line by another commit with the same holds. */
  readonly rules: string;
  readonly reading: ConfigReading;
}

/**
 * Step 2: says for every use at a commit of a line what shall become of it. What the commit says is read once, and kept. It
 * changes nothing but our own index; images that nobody has asked about yet are enqueued, and bring the repository back when
 * they are observed. `ruling`: of every line but the default branch, which says itself how it is to be treated.
 */
export async function planRepository(
  context: Context,
  run: Run,
  repository: Line,
  commit: Sha,
  ruling?: Ruling,
): Promise<RepositoryPlan> {
  const kept = await context.store.index.extraction(repository, context.reader);
  const isKept = kept?.commit === commit && kept.ruledBy === ruling?.rules;
  const extraction = isKept ? kept : await extract(context, repository, commit, ruling);
  const reading = ruling?.reading ?? (await ownReading(context, repository, extraction));
  const planned = { repository, extraction, reading, ...(await decide(context, repository, extraction, reading)) };
  await save(context, run, planned, !isKept);
  return planned;
}

async function extract(
  context: Context,
  repository: Line,
  commit: Sha,
  ruling: Ruling | undefined,
): Promise<Extraction> {
  const { uses, problems, tree } = await readSnapshot(context, repository, commit);
  // Other tools go by what the default branch says, too.
  const files = ruling === undefined ? tree : await readTree(context, repository, ruling.commit);
  const others = await readOthers(context, repository, files, uses);
  const texts =
    ruling === undefined
      ? { ...(await readConfigTexts(context, repository, tree)), rules: othersKey(tree) }
      : { ruledBy: ruling.rules };
  const owners = await readOwners(context, repository, tree, uses);
  const more = { ...(others.length > 0 && { others }), ...(owners.length > 0 && { owners }) };
  return { commit, uses, problems, ...more, ...texts };
}

/** The configuration by the default branch itself. That it names more branches than are kept only GitHub's list of them tells. */
async function ownReading(context: Context, repository: Repository, extraction: Extraction): Promise<ConfigReading> {
  const reading = await configOf(context, repository, extraction);
  const { branches, branchesOrigin } = reading.config;
  if (branches.length === 0 || branchesOrigin === "default") return reading;
  const { left = 0 } = (await context.store.index.repository(repository))?.maintained ?? {};
  return left === 0 ? reading : { ...reading, problems: [...reading.problems, tooManyBranches(branchesOrigin, left)] };
}

/** The repository as it is named now. One that is gone or archived leaves the index. */
export async function findRepository(context: Context, id: RepositoryId): Promise<Repository | undefined> {
  const known = await context.store.index.repository(id);
  const repository = known && (await context.github.installations.repository(id));
  if (repository !== undefined && !repository.archived) {
    await context.store.index.saveRepository(repository);
    return repository;
  }
  if (known !== undefined) await leaveIndex(context, id);
  return undefined;
}

async function decide(
  context: Context,
  repository: Line,
  { uses, others }: Extraction,
  { config, problems }: ConfigReading,
): Promise<Pick<RepositoryPlan, "plan" | "would" | "held">> {
  const within = uses.map((use) => withinReach(context, repository, use));
  const known = {
    facts: await factsOf(context, within),
    policyOf: policyOf(config),
    quarantined: await context.store.quarantine.digests(repository),
    ignored: ignoredBy(config),
    asOf: context.now(),
  };
  const images = knownImages(known);
  const input = { ...known, uses: followTags(within, images, known.policyOf) };
  // Without a clock the draft leaves minAge out: what would be done if age did not matter is what urgency is asked about.
  const draft = planUpdates({ ...input, now: undefined }, images);
  const urgencyOf = await urgencies(context, draft);
  const plan = planUpdates({ ...input, now: context.now(), urgencyOf }, images);
  const { groups: would } = planUpdates({ ...input, now: undefined, urgencyOf }, images);
  const isIdle = plan.groups.length === 0 || heldBy(config, problems) !== undefined;
  const held = isIdle ? heldBy(config, problems) : await missingPermissions(context, repository);
  if (held !== undefined) return { plan: holdUpdates(plan, held), would, held };
  const leftTo = leftToOthers(config, others);
  return { plan: holdUses(plan, ({ path }) => leftTo(path)), would };
}

/** Why nothing of this repository is done at all. */
export function heldBy({ mode }: Config, problems: readonly ConfigProblem[]): Reason | undefined {
  const errors = problems.filter(({ level }) => level === "error");
  const unreadable = errors.find(({ code }) => code === "config-unreadable");
  if (unreadable !== undefined) return reason("config-unreadable", unreadable.sentence);
  if (errors.length > 0) return reason("config-invalid");
  return mode === "observe" ? reason("mode-observe") : undefined;
}

async function save(
  context: Context,
  run: Run,
  { repository, extraction, reading, plan }: RepositoryPlan,
  isNew: boolean,
): Promise<void> {
  const { commit, problems } = extraction;
  const owners = new Map(extraction.owners);
  const decides = policyOf(reading.config);
  const uses = [
    ...plan.uses.map((use) => indexed(use, owners.get(use.use.path), decides)),
    ...problems.map(indexedProblem),
  ];
  if (!isNew && (await isSaved(context, repository, commit, uses))) return wakeAgain(context.store, repository, plan);
  await context.store.transaction(async (tables) => {
    await assertCurrent(tables, run);
    const isPolicy = repository.base === undefined && isPolicyRepository(context, repository);
    if (isPolicy && (await tables.index.repository(repository))?.head !== commit) {
      // It may have changed the configuration of every repository; each reads it at this head.
      await spreadPolicy(tables, repository, context.now());
    }
    await tables.index.saveUses(repository, commit, uses);
    if (isNew) await tables.index.saveExtraction(repository, context.reader, extraction);
    await watchUnobserved(tables, plan);
    await tables.jobs.wake({ kind: "scan" }, context.now(), SCANS_WAIT);
    await wakeAgain(tables, repository, plan);
  });
}

/** Whether all of this is in the index already: a look at what is unchanged writes nothing. */
async function isSaved({ store }: Context, repository: Line, commit: Sha, uses: readonly IndexedUse[]) {
  if (uses.some(({ state }) => state === "unknown")) return false;
  if ((await readAt(store.index, repository)) !== commit) return false;
  return canonicalJson(await store.index.uses(repository)) === canonicalJson(uses);
}

/** The commit that the uses of a line in the index were read from. */
async function readAt(index: Index, repository: Line): Promise<Sha | undefined> {
  if (repository.base === undefined) return (await index.repository(repository))?.head;
  return (await index.lines(repository)).find(({ base }) => base === repository.base)?.head;
}

/** Has what waits for this plan looked at, and the repository itself when something of it is due. */
async function wakeAgain(tables: Tables, repository: Repository, { dueAt }: Plan): Promise<void> {
  await wakeWaiting(tables, repository);
  if (dueAt !== undefined) await tables.jobs.wake({ kind: "repo", repository }, dueAt);
}

/** Says of the uses whose update is not proposed now why that is so. */
export async function holdGroups(
  context: Context,
  run: Run,
  planned: RepositoryPlan,
  held: readonly { readonly group: UpdateGroup; readonly reason: Reason }[],
): Promise<void> {
  if (held.length === 0) return;
  const reasons = new Map(
    held.flatMap(({ group, reason: why }) =>
      group.updates.flatMap(({ changes }) => changes.map(({ use }) => [use, why] as const)),
    ),
  );
  const uses = planned.plan.uses.map((status): UseStatus => {
    const why = reasons.get(status.use);
    return why === undefined ? status : { ...status, state: "held", reason: why };
  });
  await save(context, run, { ...planned, plan: { ...planned.plan, uses } }, false);
}

async function watchUnobserved(tables: Tables, plan: Plan): Promise<void> {
  const unknown = plan.uses.filter(({ state }) => state === "unknown").map(({ use }) => use);
  await tables.jobs.enqueueAll([...imagesOf(unknown).values()].map((image) => ({ kind: "image", image: bare(image) })));
}

function indexed(
  { use, state, reason: why, to }: UseStatus,
  owners: readonly string[] | undefined,
  decides: PolicyOf,
): IndexedUse {
  const { reference, path, line, text } = use;
  const tag = reference && followedTag(reference);
  const globs = reference === undefined ? {} : globsAt(reference, use, decides);
  return {
    path,
    line,
    text,
    state,
    ...(owners && { owners }),
    ...(Object.keys(globs).length > 0 && { globs }),
    ...(reference && { image: bare(reference) }),
    ...(tag !== undefined && { tag }),
    ...(reference?.digest !== undefined && { digest: reference.digest }),
    ...(why && { reason: why }),
    ...(to && { to: { ...(to.tag && { tag: to.tag }), ...(to.digest && { digest: to.digest }) } }),
  };
}

/** What is in a file that could not be read nobody knows; that it is there a person can see. */
function indexedProblem({ path, line, reason: why }: Problem): IndexedUse {
  return { path, line, text: "", state: "unsupported", reason: why };
}

function bare({ registry, repository }: ImageName): ImageName {
  return { registry, repository };
}
