import type { ChangeClass, Policy } from "../policy/policy.ts";
import { type Reason, type ReasonCode, reason } from "../reason.ts";
import { formatReference, type ImageReference, imageKey } from "../reference.ts";
import { whyNoStep } from "../tag/refusal.ts";
import { changeBetweenTags, compareParsedTags, parseTag, type Tag } from "../tag/tag.ts";
import type { Use } from "../use/use.ts";
import {
  type Candidate,
  candidates,
  followedTag,
  isTagGone,
  type KnownImage,
  type Place,
  policyObjection,
  type Refusal,
  type Terms,
} from "./candidate.ts";

/** What became of one tag of a repository: it is the candidate, or there is a reason why not. */
export interface TagVerdict {
  readonly tag: Tag;
  readonly reason: Reason | undefined;
}

/** Why tags were refused, told in as many lines as there are reasons. */
export interface TagsExplained {
  /** The tag in use. */
  readonly current: string;
  /** The tag to go to; absent when there is none. */
  readonly candidate?: string;
  /** How many other tags the repository has. */
  readonly total: number;
  /** From what nearly was the candidate to what has nothing to do with it. */
  readonly refused: readonly RefusedTags[];
}

export interface RefusedTags {
  /** With the detail of the newest tag. */
  readonly reason: Reason;
  readonly count: number;
  /** The newest few. */
  readonly tags: readonly string[];
}

const CLASSES: readonly ChangeClass[] = ["pin", "digest", "patch", "minor", "major", "os"];

/** Tags named for each reason. */
const MOST_NAMED = 5;

/** Reasons in the order in which a person asks for them; what is not here comes first. */
const FARTHEST: readonly ReasonCode[] = [
  "tag-newer-chosen",
  "tag-not-newest",
  "tag-not-lts",
  "tag-os-and-version",
  "tag-os-unreleased",
  "tag-pre-release",
  "tag-same-version",
  "tag-older-os",
  "tag-older",
  "tag-other-precision",
  "tag-other-form",
  "tag-other-variant",
  "tag-other-os",
  "tag-other-platform",
  "tag-no-version",
  "tag-unordered",
];

/**
 * Why each other tag of a repository is not what a reference, used at a place, goes to. Linear in the number of tags, bounded in
 * what it tells; `undefined` for a reference that follows no tag.
 */
export function explainTags(
  from: ImageReference,
  place: Place,
  image: KnownImage,
  terms: Terms,
): TagsExplained | undefined {
  const current = followedTag(from);
  if (current === undefined) return undefined;
  const groups = new Map<ReasonCode, { newest: TagVerdict[]; count: number }>();
  let candidate: string | undefined;
  let total = 0;
  for (const verdict of tagVerdicts(from, current, place, image, terms)) {
    total += 1;
    if (verdict.reason === undefined) candidate = verdict.tag.text;
    else add(groups, verdict, verdict.reason.code);
  }
  const refused = [...groups.values()].flatMap(({ newest, count }): readonly RefusedTags[] => {
    const why = newest[0]?.reason;
    return why === undefined ? [] : [{ reason: why, count, tags: newest.map(({ tag }) => tag.text) }];
  });
  return {
    current,
    ...(candidate !== undefined && { candidate }),
    total,
    refused: refused.toSorted((a, b) => FARTHEST.indexOf(a.reason.code) - FARTHEST.indexOf(b.reason.code)),
  };
}

/**
 * The explanation of any use, `undefined` for one that names no image that is known. What several uses share is reckoned once.
 */
export function explainedTags(
  images: ReadonlyMap<string, KnownImage>,
  terms: Terms,
): (use: Use) => TagsExplained | undefined {
  const known = new Map<string, TagsExplained | undefined>();
  return (use) => {
    const { reference, blocked, carries, pieces, variables, path, manager: kind } = use;
    const image = reference && images.get(imageKey(reference));
    if (reference === undefined || blocked !== undefined || image === undefined) return undefined;
    const policies = CLASSES.map((change) => terms.policyOf({ image: imageKey(reference), path, kind, change }));
    const key = JSON.stringify([formatReference(reference), carries, pieces, variables, policies]);
    if (!known.has(key)) known.set(key, explainTags(reference, use, image, terms));
    return known.get(key);
  };
}

function add(groups: Map<ReasonCode, { newest: TagVerdict[]; count: number }>, verdict: TagVerdict, code: ReasonCode) {
  const { newest, count } = groups.get(code) ?? { newest: [], count: 0 };
  const place = newest.findIndex(({ tag }) => compareParsedTags(tag, verdict.tag) < 0);
  newest.splice(place < 0 ? newest.length : place, 0, verdict);
  newest.length = Math.min(newest.length, MOST_NAMED);
  groups.set(code, { newest, count: count + 1 });
}

/** Every other tag, once: at most one is the candidate, and each of the rest has one reason. */
export function* tagVerdicts(
  from: ImageReference,
  current: string,
  place: Place,
  image: KnownImage,
  terms: Terms,
): Generator<TagVerdict> {
  const steps = candidates(from, place, image, terms);
  const chosen = steps.find(({ state }) => state === "candidate");
  const judged = new Map(steps.map((step) => [step.tag, step]));
  const rest = laterObjections(from, place, terms);
  const here = parseTag(current);
  for (const text of image.tags) {
    if (text === current) continue;
    const tag = parseTag(text);
    const step = judged.get(text);
    const why = step === undefined ? whyNot(here, tag, image, rest) : whyNotChosen(step, chosen);
    yield { tag, reason: why };
  }
}

function whyNotChosen(step: Candidate | Refusal, chosen: Candidate | Refusal | undefined): Reason | undefined {
  if (step.state === "refused") return step.reason;
  return step === chosen ? undefined : reason("tag-newer-chosen", chosen?.tag);
}

/** Why a tag that was not looked at was not. */
function whyNot(
  from: Tag,
  to: Tag,
  image: KnownImage,
  objection: (change: ChangeClass, tag: string) => Reason | undefined,
): Reason {
  const apart = whyNoStep(from, to, image.index.habit);
  if (apart !== undefined) return apart;
  if (isTagGone(image, to.text)) return reason("tag-not-found", to.text);
  const change = changeBetweenTags(from, to);
  return (change && objection(change, to.text)) ?? reason("tag-not-newest");
}

/** What policy says to a change, asked once for each class. */
function laterObjections(
  { registry, repository }: ImageReference,
  { path, manager: kind }: Place,
  { policyOf }: Terms,
) {
  const policies = new Map<ChangeClass, Policy>();
  return (change: ChangeClass, tag: string): Reason | undefined => {
    const subject = { image: imageKey({ registry, repository }), path, kind, change, urgency: "normal" } as const;
    const policy = policies.get(change) ?? policyOf(subject);
    policies.set(change, policy);
    return policyObjection(tag, [change], policy);
  };
}
