import { closuresAt } from "../policy/window.ts";
import { type Reason, type ReasonCode, reason } from "../reason.ts";
import { formatReference, type ImageReference, imageKey } from "../reference.ts";
import type { Use } from "../use/use.ts";
import {
  type Candidate,
  candidates,
  followedTag,
  isTagGone,
  type KnownImage,
  knownImage,
  type Refusal,
  type Terms,
} from "./candidate.ts";
import { groupUpdates, type Step } from "./group.ts";
import { type ImageFacts, type Plan, type UseState, type UseStatus, unanswered } from "./update.ts";

/** All that a plan depends on: the same input always gives the same plan. */
export interface PlanInput extends Omit<Terms, "closedFor"> {
  readonly uses: readonly Use[];
  /** By `imageKey`. */
  readonly facts: ReadonlyMap<string, ImageFacts>;
  /** Whether configuration ignores the file at a path. */
  readonly ignored: (path: string) => boolean;
}

/** What becomes of one use. */
interface Decision extends Omit<UseStatus, "use"> {
  readonly candidate?: Candidate;
  readonly dueAt?: number | undefined;
}

/** What a person is told when no candidate is left, by the first of these reasons that any refusal has. */
const REFUSED_STATES: readonly (readonly [ReasonCode, UseState])[] = [
  ["min-age", "held"],
  ["outside-window", "held"],
  ["quarantined", "held"],
  ["not-observed", "unknown"],
  ["registry-denied", "auth-failed"],
  ["registry-answer", "held"],
  ["change-not-allowed", "current"],
];

/** What shall become of every use of a repository, and why. */
export function planUpdates(input: PlanInput): Plan {
  const images = knownImages(input);
  const terms = { ...input, ...(input.now !== undefined && { closedFor: closuresAt(input.now) }) };
  const decisions = input.uses.map((use) => ({ use, ...decide(use, images, terms) }));
  const steps = decisions.flatMap(({ use, candidate }): readonly Step[] =>
    candidate === undefined || use.reference === undefined ? [] : [{ use, from: use.reference, candidate }],
  );
  const dueAt = earliest(decisions.map((decision) => decision.dueAt));
  return {
    groups: groupUpdates(steps),
    uses: decisions.map(statusOf),
    ...(dueAt !== undefined && { dueAt }),
  };
}

function statusOf({
  use,
  state,
  reason: why,
  candidate,
  to = candidate?.to,
}: Decision & { readonly use: Use }): UseStatus {
  return { use, state, ...(why !== undefined && { reason: why }), ...(to !== undefined && { to }) };
}

/** What only time keeps from being an update. */
const IN_TIME: ReadonlySet<ReasonCode | undefined> = new Set<ReasonCode>(["min-age", "outside-window"]);

/** The plan with nothing in it to do: whatever is an update, or will be one in time, is held for one reason. */
export function holdUpdates({ uses }: Plan, why: Reason): Plan {
  const hold = (status: UseStatus): UseStatus => {
    const isUpdate = status.state === "update" || IN_TIME.has(status.reason?.code);
    return isUpdate ? { ...status, state: "held", reason: why } : status;
  };
  return { groups: [], uses: uses.map(hold) };
}

function knownImages({ facts }: PlanInput): ReadonlyMap<string, KnownImage> {
  const known = new Map<string, KnownImage>();
  for (const [key, image] of facts) {
    if (image.state === "known") known.set(key, knownImage(image));
  }
  return known;
}

function decide(use: Use, images: ReadonlyMap<string, KnownImage>, input: PlanInput & Terms): Decision {
  if (input.ignored(use.path)) return { state: "held", reason: reason("ignored") };
  if (use.blocked !== undefined) return use.blocked;
  const from = use.reference;
  if (from === undefined)
    return { state: "unsupported", reason: reason("invalid-reference", use.resolved ?? use.text) };
  const tag = followedTag(from);
  if (tag === undefined) return { state: "held", reason: reason("digest-only") };
  const facts = input.facts.get(imageKey(from));
  const image = images.get(imageKey(from));
  if (facts !== undefined && facts.state !== "known") return facts;
  if (image === undefined) return { state: "unknown", reason: reason("not-observed") };
  return choose(from, tag, image, candidates(from, use, image, input));
}

/** Takes the best candidate, and remembers when something better is due. */
function choose(
  from: ImageReference,
  tag: string,
  image: KnownImage,
  steps: readonly (Candidate | Refusal)[],
): Decision {
  const found = steps.findIndex(({ state }) => state === "candidate");
  const refused = steps.slice(0, found < 0 ? steps.length : found).filter((step) => step.state === "refused");
  const dueAt = earliest(refused.map((refusal) => refusal.dueAt));
  const candidate = steps[found];
  if (candidate?.state === "candidate") return { state: "update", candidate, dueAt };
  const problem = image.problems.get(tag);
  if (problem !== undefined) return { ...unanswered(problem), dueAt };
  if (isTagGone(image, tag)) return { state: "held", reason: reason("tag-not-found", formatReference(from)), dueAt };
  return { ...explain(tag, image, refused), dueAt };
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
