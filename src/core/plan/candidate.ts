import type { ChangeClass, Policy, PolicyOf, Urgency } from "../policy/policy.ts";
import type { Closed, Window } from "../policy/window.ts";
import { type Reason, reason } from "../reason.ts";
import { type Digest, type ImageReference, imageKey } from "../reference.ts";
import { habitOf } from "../tag/habit.ts";
import { changeClass, isSameRelease, parseTag } from "../tag/tag.ts";
import { indexTags, newerTags, type TagIndex } from "../tag/tag-index.ts";
import { matchesGlob } from "../text/glob.ts";
import { asWritten } from "../use/lone-digest.ts";
import { rewritePieces } from "../use/pieces.ts";
import type { Use } from "../use/use.ts";
import { globsAt } from "./globs.ts";
import { type IndexContent, isSameContent } from "./index-content.ts";
import { isGone, type Observation } from "./observation.ts";
import type { Publication } from "./publication.ts";
import type { KnownFacts } from "./update.ts";

/** What is known of one image, arranged for being asked about many uses. */
export interface KnownImage {
  readonly tags: ReadonlySet<string>;
  readonly index: TagIndex;
  readonly observations: ReadonlyMap<string, Observation>;
  /** Why the registry could not say what a tag names now: what it named before is not offered. */
  readonly problems: ReadonlyMap<string, Reason>;
  readonly published: ReadonlyMap<Digest, Publication>;
  readonly contents: ReadonlyMap<Digest, IndexContent>;
}

/** What decides which offer is a candidate. */
export interface Terms {
  readonly policyOf: PolicyOf;
  /** How much the step matters; `normal` where nobody can say. */
  readonly urgencyOf?: ((from: ImageReference, to: ImageReference) => Urgency) | undefined;
  /** Milliseconds since the epoch; `undefined`: there is no first-seen clock, and `minAge` and windows are left out. */
  readonly now: number | undefined;
  readonly quarantined: ReadonlySet<Digest>;
  /** Whether windows keep pulls from being opened now, where there is a clock. */
  readonly closedFor?: ((windows: readonly Window[]) => Closed | undefined) | undefined;
}

/** A reference that policy permits for a use. */
export interface Candidate {
  readonly state: "candidate";
  /** The tag that leads there. */
  readonly tag: string;
  readonly to: ImageReference;
  readonly change: ChangeClass;
  readonly urgency: Urgency;
  readonly policy: Policy;
  /** When it was first seen on its tag (milliseconds since the epoch); absent without a clock of our own. */
  readonly firstSeen?: number;
}

/** A step that the registry offers and policy does not permit. */
export interface Refusal {
  readonly state: "refused";
  readonly tag: string;
  readonly change: ChangeClass;
  readonly reason: Reason;
  /** The step's end, where only time is missing. */
  readonly to?: ImageReference;
  /** When it becomes a candidate, if only time is missing (milliseconds since the epoch). */
  readonly dueAt?: number;
}

/** A step that the registry offers. Without an observation nobody has looked yet what its tag names. */
interface Offer {
  readonly tag: string;
  readonly change: ChangeClass;
  /** What it changes besides, which policy must allow too. */
  readonly beside: readonly ChangeClass[];
  readonly observation: Observation | undefined;
  readonly problem: Reason | undefined;
  /** Why it would change nothing that is run or built. */
  readonly same: Reason | undefined;
}

/** The last moment that a date can name: a `minAge` beyond it is for ever. */
const END_OF_TIME = 8.64e15;

/** Arranges the facts about one image (by `imageKey`), as they are at a time (milliseconds since the epoch). */
export function knownImage(key: string, facts: KnownFacts, now: number): KnownImage {
  return {
    tags: new Set(facts.tags),
    index: indexTags(facts.tags, habitOf(key, now)),
    observations: new Map(facts.observations.map((observation) => [observation.tag, observation])),
    problems: new Map(facts.problems?.map(({ tag, reason: why }) => [tag, why])),
    published: new Map(facts.published?.map((one) => [one.digest, one])),
    contents: facts.contents ?? new Map(),
  };
}

/** Whether the registry no longer has a tag. Having been asked for the tag itself outweighs its list of tags. */
export function isTagGone(image: KnownImage, tag: string): boolean {
  const observation = image.observations.get(tag);
  return observation === undefined ? !image.tags.has(tag) : isGone(observation);
}

/** The tag that a reference follows: `latest` where none is written; none for a digest alone. */
export function followedTag({ tag, digest }: ImageReference): string | undefined {
  return tag ?? (digest === undefined ? "latest" : undefined);
}

/** Where a reference stands, as far as that decides which steps there are. */
export type Place = Pick<Use, "path" | "manager" | "platform" | "carries" | "pieces" | "variables" | "tagBy">;

/**
 * Every step that the registry offers from `from`, as used at a place, and what policy says to it; best first:
 * from the newest version down to another digest of the same tag. The first candidate is the one to take.
 */
export function candidates(
  from: ImageReference,
  place: Place,
  image: KnownImage,
  terms: Terms,
): readonly (Candidate | Refusal)[] {
  return offers(from, place, image, terms.policyOf).map((offer) => judge(from, place, offer, terms));
}

function offers(from: ImageReference, place: Place, image: KnownImage, policyOf: PolicyOf): readonly Offer[] {
  const tag = followedTag(from);
  if (tag === undefined) return [];
  const newer = newerTags(image.index, tag, globsAt(from, place, policyOf));
  const versions = newer.flatMap((one) => offerVersion({ ...from, tag }, one, image));
  return [...versions, ...offerDigest({ ...from, tag }, place.platform, image)];
}

type Tagged = ImageReference & { readonly tag: string };

function offerVersion({ tag: current, digest }: Tagged, tag: string, image: KnownImage): readonly Offer[] {
  const { observations, problems } = image;
  const change = changeClass(current, tag);
  const observation = observations.get(tag);
  if (change === undefined || (observation !== undefined && isGone(observation))) return [];
  const beside = besides(current, tag, change);
  // A digest is what counts where one is written; when its tag is gone, the tag that is left says more.
  const isSame = digest !== undefined && observation?.digest === digest && !isTagGone(image, current);
  const same = isSame ? reason("same-digest", tag) : undefined;
  return [{ tag, change, beside, observation, problem: problems.get(tag), same }];
}

/** What a step of this class to another tag changes besides. */
export function besides(current: string, tag: string, change: ChangeClass): readonly ChangeClass[] {
  return change === "os" && !isSameRelease(parseTag(current), parseTag(tag)) ? ["patch"] : [];
}

function offerDigest(
  { tag, digest: current }: Tagged,
  platform: string | undefined,
  { observations, problems, contents }: KnownImage,
): readonly Offer[] {
  const observation = observations.get(tag);
  if (observation === undefined || isGone(observation) || observation.digest === current) return [];
  const change = current === undefined ? "pin" : "digest";
  const isSame = current && isSameContent(contents.get(current), contents.get(observation.digest), platform);
  const same = isSame ? reason("same-in-all-platforms", platform ?? tag) : undefined;
  return [{ tag, change, beside: [], observation, problem: problems.get(tag), same }];
}

function judge(from: ImageReference, place: Place, offer: Offer, terms: Terms): Candidate | Refusal {
  const { path, manager: kind, carries } = place;
  const { tag, change, observation } = offer;
  const { registry, repository } = from;
  const tagged: ImageReference = { registry, repository, tag };
  const exact: ImageReference = observation === undefined ? tagged : { ...tagged, digest: observation.digest };
  const urgency = (observation && terms.urgencyOf?.(from, exact)) ?? "normal";
  const policy = terms.policyOf({ image: imageKey(from), path, kind, change, urgency });
  const isPinned = policy.pin === "digest" || from.digest !== undefined;
  const to = isPinned && carries !== "tag" ? exact : tagged;
  const objection: Pick<Refusal, "reason" | "dueAt"> | undefined =
    policyObjectionTo(offer, policy) ??
    digestNotWritten(place, offer) ??
    tagNotWritten(from, place, to) ??
    findObjection(offer, policy, terms) ??
    whyNotWritten(from, place, to);
  if (objection !== undefined) {
    return { state: "refused", tag, change, ...objection, ...(objection.dueAt !== undefined && { to }) };
  }
  return {
    state: "candidate",
    tag,
    to,
    change,
    urgency,
    policy,
    ...(observation !== undefined && terms.now !== undefined && { firstSeen: observation.firstSeen }),
  };
}

/** Where no digest can be written, another one of the same tag changes nothing in the file. */
function digestNotWritten({ carries, variables }: Place, { change }: Offer): Pick<Refusal, "reason"> | undefined {
  if (carries !== "tag" || (change !== "pin" && change !== "digest")) return undefined;
  const names = [...new Set(variables.map(({ name }) => name))].join(", ");
  return { reason: reason("no-digest-field", names === "" ? undefined : names) };
}

/** Whether a tag would have to change that stands nowhere: nothing in the file would say it then. */
function tagNotWritten(
  from: ImageReference,
  { tagBy }: Place,
  to: ImageReference,
): Pick<Refusal, "reason" | "dueAt"> | undefined {
  const isWritten = tagBy === undefined || tagBy === "comment" || from.tag === to.tag;
  return isWritten ? undefined : { reason: reason("tag-not-written", to.tag) };
}

/** Why the pieces that a reference is read from cannot be made to read as another. */
function whyNotWritten(
  from: ImageReference,
  place: Place,
  to: ImageReference,
): Pick<Refusal, "reason" | "dueAt"> | undefined {
  const { pieces, variables, tagBy } = place;
  if (pieces === undefined) return undefined;
  const use = { reference: from, ...(tagBy && { tagBy }) };
  const [before, after] = [asWritten(use, from), asWritten(use, to)];
  if (rewritePieces(pieces, before, after) !== undefined) return undefined;
  const free = pieces.map(({ fixed: _, ...piece }) => piece);
  const code = rewritePieces(free, before, after) === undefined ? "partial-arg" : "shared-arg";
  return { reason: reason(code, [...new Set(variables.map(({ name }) => name))].join(", ")) };
}

/** Why an offer is not a candidate; what only time can cure comes last. */
function findObjection(
  { tag, observation, problem, same }: Offer,
  policy: Policy,
  { now, quarantined, closedFor }: Terms,
): Pick<Refusal, "reason" | "dueAt"> | undefined {
  if (problem !== undefined) return { reason: problem };
  if (observation === undefined) return { reason: reason("not-observed", tag) };
  if (same !== undefined) return { reason: same };
  if (quarantined.has(observation.digest)) return { reason: reason("quarantined", `${tag}@${observation.digest}`) };
  const dueAt = Math.min(observation.firstSeen + policy.minAge * 1000, END_OF_TIME);
  if (now === undefined) return undefined;
  if (now < dueAt) return { reason: reason("min-age", `${tag} is due ${new Date(dueAt).toISOString()}`), dueAt };
  const closed = closedFor?.(policy.windows.propose);
  if (closed === undefined) return undefined;
  return { reason: closed.reason, ...(closed.opensAt !== undefined && { dueAt: closed.opensAt }) };
}

function policyObjectionTo({ tag, change, beside }: Offer, policy: Policy): Pick<Refusal, "reason"> | undefined {
  const denied = policyObjection(tag, [change, ...beside], policy);
  return denied === undefined ? undefined : { reason: denied };
}

/** Why policy does not permit a tag that changes so much, whatever it names. */
export function policyObjection(tag: string, changes: readonly ChangeClass[], policy: Policy): Reason | undefined {
  const denied = changes.find((one) => !allows(policy, one));
  if (denied !== undefined) return reason("change-not-allowed", `${tag} (${denied})`);
  if (policy.tags === undefined || !changes.some(changesTag) || matchesGlob(policy.tags, tag)) return undefined;
  return reason("change-not-allowed", `${tag} does not match ${policy.tags}`);
}

function allows(policy: Policy, change: ChangeClass): boolean {
  return policy.allow.includes(change) && (change !== "pin" || policy.pin === "digest");
}

function changesTag(change: ChangeClass): boolean {
  return change !== "digest" && change !== "pin";
}
