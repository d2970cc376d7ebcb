import { closuresAt } from "../policy/window.ts";
import { type Reason, type ReasonCode, reason } from "../reason.ts";
import { formatReference, type ImageReference, imageKey } from "../reference.ts";
import { type EndOfLife, endsOfLife, nextDay } from "../tag/end-of-life.ts";
import type { Use } from "../use/use.ts";
import {
  type Candidate,
  candidates,
  followedTag,
  isTagGone,
  type KnownImage,
  knownImage,
  type Place,
  type Refusal,
  type Terms,
} from "./candidate.ts";
import { whyNoTag } from "./follow.ts";
import { groupUpdates, partOf, type Step } from "./group.ts";
import { moveTogether, placesOf } from "./together.ts";
import { type ImageFacts, type Plan, type UseState, type UseStatus, unanswered } from "./update.ts";

/** All that a plan depends on: the same input always gives the same plan. */
export interface PlanInput extends Omit<Terms, "closedFor"> {
  readonly uses: readonly Use[];
  /** By `imageKey`. */
  readonly facts: ReadonlyMap<string, ImageFacts>;
  /** Whether configuration ignores the file at a path. */
  readonly ignored: (path: string) => boolean;
  /** When it is asked, also where no clock of first sightings is: what is kept for the long term then (milliseconds since the epoch). */
  readonly asOf: number;
}

/** What becomes of one use. */
interface Decision extends Omit<UseStatus, "use"> {
  readonly candidate?: Candidate;
  readonly dueAt?: number | undefined;
  /** What it was chosen from, and where it stands. */
  readonly steps?: readonly (Candidate | Refusal)[];
  readonly place?: Place;
}

type UseDecision = Decision & Pick<UseStatus, "use">;

/** What a person is told when no candidate is left, by the first of these reasons that any refusal has. */
const REFUSED_STATES: readonly (readonly [ReasonCode, UseState])[] = [
  ["min-age", "held"],
  ["outside-window", "held"],
  ["quarantined", "held"],
  ["shared-arg", "held"],
  ["partial-arg", "held"],
  ["tag-not-written", "held"],
  ["no-digest-field", "held"],
  ["not-observed", "unknown"],
  ["registry-denied", "auth-failed"],
  ["registry-answer", "held"],
  ["same-in-all-platforms", "current"],
  ["change-not-allowed", "current"],
  ["same-digest", "current"],
];

/** What shall become of every use of a repository, and why. `images`: the facts, arranged; for who plans by them more than once. */
export function planUpdates(input: PlanInput, images = knownImages(input)): Plan {
  const terms = { ...input, ...(input.now !== undefined && { closedFor: closuresAt(input.now) }) };
  const decisions = decideAll(images, { ...input, ...terms });
  const steps = decisions.flatMap(({ use, candidate }): readonly Step[] =>
    candidate === undefined || use.reference === undefined ? [] : [{ use, from: use.reference, candidate }],
  );
  const days = input.now === undefined ? [] : nextDays(input.uses, input.now);
  const dueAt = earliest([...decisions.map((decision) => decision.dueAt), ...days]);
  return {
    groups: groupUpdates(steps),
    uses: decisions.map(statusOf),
    ...(dueAt !== undefined && { dueAt }),
  };
}

/** Every plan is made anew within days: what is further away needs no timer yet. */
const AHEAD = 31 * 24 * 60 * 60 * 1000;

/** The days on which something ends, or begins, that these uses stand on. */
function nextDays(uses: readonly Use[], now: number): readonly (number | undefined)[] {
  const days = uses.map(({ reference, blocked }) =>
    reference === undefined || blocked !== undefined ? undefined : nextDay(reference, now),
  );
  return days.filter((day) => day !== undefined && day <= now + AHEAD);
}

/** Each use by itself, but for those that are read from one value: what becomes of them is right for all of them, or held. */
function decideAll(images: ReadonlyMap<string, KnownImage>, input: PlanInput & Terms): readonly UseDecision[] {
  const { places, clusters } = placesOf(input.uses);
  const alone = input.uses.map((use, index) => ({ use, ...decide(use, places[index] ?? use, images, input) }));
  const decisions: UseDecision[] = [...alone];
  for (const cluster of clusters) {
    const members = cluster.flatMap((index) => alone[index] ?? []);
    const chosen = moveTogether(
      members.map(({ use, place = use, steps = [] }) => ({ from: use.reference, place, steps })),
    );
    const dueAt = earliest(members.map((member) => member.dueAt));
    for (const [i, index] of cluster.entries()) {
      const member = members[i];
      if (member !== undefined) decisions[index] = { ...together(member, chosen[i], members), dueAt };
    }
  }
  return decisions;
}

const MOST_NAMED = 3;

function together(
  { use, state, reason: why, to }: UseDecision,
  candidate: Candidate | undefined,
  members: readonly UseDecision[],
): UseDecision {
  if (candidate !== undefined) return { use, state: "update", candidate };
  if (state !== "update") return { use, state, ...(why && { reason: why }), ...(to && { to }) };
  const names = new Set(use.variables.map(({ name }) => name));
  const others = new Set(members.flatMap((other) => other.use.resolved ?? []).filter((text) => text !== use.resolved));
  const detail = `${[...names].join(", ")}, for ${[...others].slice(0, MOST_NAMED).join(", ")} too`;
  return { use, state: "held", reason: reason("shared-arg", detail) };
}

function statusOf({ use, state, reason: why, candidate, to = candidate?.to }: UseDecision): UseStatus {
  return { use, state, ...(why !== undefined && { reason: why }), ...(to !== undefined && { to }) };
}

/** What only time keeps from being an update. */
const IN_TIME: ReadonlySet<ReasonCode | undefined> = new Set<ReasonCode>(["min-age", "outside-window"]);

/** The plan with nothing in it to do: whatever is an update, or will be one in time, is held for one reason. */
export function holdUpdates({ uses }: Plan, why: Reason): Plan {
  return { groups: [], uses: uses.map((status) => held(status, why)) };
}

/** The plan without the uses that there is a reason for not to update: these are held for it as above, the others go on. */
export function holdUses(plan: Plan, whyOf: (use: Use) => Reason | undefined): Plan {
  const hold = (status: UseStatus): UseStatus => {
    const why = whyOf(status.use);
    return why === undefined ? status : held(status, why);
  };
  return {
    ...plan,
    groups: plan.groups.flatMap((group) => partOf(group, ({ use }) => whyOf(use) === undefined)),
    uses: plan.uses.map(hold),
  };
}

function held(status: UseStatus, why: Reason): UseStatus {
  const isUpdate = status.state === "update" || IN_TIME.has(status.reason?.code);
  return isUpdate ? { ...status, state: "held", reason: why } : status;
}

/** What is known of the images, arranged for planning. */
export function knownImages({ facts, asOf }: Pick<PlanInput, "facts" | "asOf">): ReadonlyMap<string, KnownImage> {
  const known = new Map<string, KnownImage>();
  for (const [key, image] of facts) {
    if (image.state === "known") known.set(key, knownImage(key, image, asOf));
  }
  return known;
}

function decide(use: Use, place: Place, images: ReadonlyMap<string, KnownImage>, input: PlanInput & Terms): Decision {
  if (input.ignored(use.path)) return { state: "held", reason: reason("ignored") };
  if (use.blocked !== undefined) return use.blocked;
  const from = use.reference;
  if (from === undefined)
    return { state: "unsupported", reason: reason("invalid-reference", use.resolved ?? use.text) };
  const tag = followedTag(from);
  const facts = input.facts.get(imageKey(from));
  const image = images.get(imageKey(from));
  if (facts !== undefined && facts.state !== "known") return facts;
  if (image === undefined) return { state: "unknown", reason: reason("not-observed") };
  if (tag === undefined) return decideWithoutTag(use, image, input);
  const steps = candidates(from, place, image, input);
  return { ...choose(from, tag, image, steps, input.asOf), steps, place };
}

/** While the registry has not been asked which tag a digest has, nobody knows what becomes of it. */
function decideWithoutTag(use: Use, image: KnownImage, { policyOf }: Terms): Decision {
  const { digest } = use.reference ?? {};
  const why = digest === undefined ? reason("digest-only") : whyNoTag(use, digest, image, policyOf);
  return { state: why.code === "not-observed" ? "unknown" : "held", reason: why };
}

/** Takes the best candidate, and remembers when something better is due. */
function choose(
  from: ImageReference,
  tag: string,
  image: KnownImage,
  steps: readonly (Candidate | Refusal)[],
  asOf: number,
): Decision {
  const found = steps.findIndex(({ state }) => state === "candidate");
  const refused = steps.slice(0, found < 0 ? steps.length : found).filter((step) => step.state === "refused");
  const dueAt = earliest(refused.map((refusal) => refusal.dueAt));
  const candidate = steps[found];
  if (candidate?.state === "candidate") return { state: "update", candidate, dueAt };
  const problem = image.problems.get(tag);
  if (problem !== undefined) return { ...unanswered(problem), dueAt };
  if (isTagGone(image, tag)) return { state: "held", reason: reason("tag-not-found", formatReference(from)), dueAt };
  return { ...announceEnd(explain(tag, image, refused), { ...from, tag }, refused, asOf), dueAt };
}

/** That nothing is newer is not all that a person should know of what nobody mends any more. */
function announceEnd(decision: Decision, from: ImageReference, refused: readonly Refusal[], asOf: number): Decision {
  const ended = hasEnded(from, asOf);
  if (decision.state !== "current" || ended.length === 0) return decision;
  const way = refused.find(
    ({ tag, reason: why }) =>
      why.code === "change-not-allowed" && hasEnded({ ...from, tag }, asOf).length === 0 && tag !== from.tag,
  );
  const ends = ended.map(({ what, end }) => `${what}, ${end}`).join("; ");
  const out = way === undefined ? "" : `; ${way.tag} is not, and policy does not allow that (${way.change})`;
  return { state: "current", reason: reason("end-of-life", ends + out) };
}

function hasEnded(reference: ImageReference, asOf: number): readonly EndOfLife[] {
  return endsOfLife(reference, asOf).filter(({ state }) => state === "ended");
}

function explain(tag: string, image: KnownImage, refused: readonly Refusal[]): Decision {
  if (!image.observations.has(tag)) return { state: "unknown", reason: reason("not-observed", tag) };
  // Pinning alone is not news: it rides with the first update of the use.
  const news = refused.filter(({ change, reason: why }) => change !== "pin" || why.code !== "change-not-allowed");
  for (const [code, state] of REFUSED_STATES) {
    const refusal = news.find(({ reason: why }) => why.code === code);
    if (refusal !== undefined) return { state, reason: refusal.reason, ...(refusal.to && { to: refusal.to }) };
  }
  return { state: "current" };
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : known.reduce((a, b) => Math.min(a, b));
}
