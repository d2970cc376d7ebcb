import type { Policy, PolicyOf } from "../policy/policy.ts";
import { type Reason, reason } from "../reason.ts";
import { type Digest, imageKey } from "../reference.ts";
import { tagsToFollow } from "../tag/published.ts";
import { matchesGlob } from "../text/glob.ts";
import { lone } from "../use/lone-digest.ts";
import type { TagSource, Use } from "../use/use.ts";
import { isTagGone, type KnownImage } from "./candidate.ts";

/** Tags named to a person. */
const MOST_NAMED = 3;

/**
 * The uses, those of a digest alone with the tag that it was published under, as far as one is known: by the comment beside it,
 * by what was observed, or by what the registry's tags name. Where nothing says which tag it is, there is none.
 */
export function followTags(
  uses: readonly Use[],
  images: ReadonlyMap<string, KnownImage>,
  policyOf: PolicyOf,
): readonly Use[] {
  return uses.map((use) => {
    const { reference, blocked } = use;
    if (reference?.digest === undefined || blocked !== undefined || !lone(use)) return use;
    const found = findTag(use, reference.digest, images.get(imageKey(reference)), policyFor(use, policyOf));
    return found === undefined ? use : { ...use, reference: { ...reference, tag: found.tag }, tagBy: found.by };
  });
}

interface FoundTag {
  readonly tag: string;
  readonly by: TagSource;
}

function findTag(use: Use, digest: Digest, image: KnownImage | undefined, policy: Policy): FoundTag | undefined {
  const { comment } = use;
  // Until the registry has answered, nothing says that a comment is not to be believed.
  const isBelieved = comment !== undefined && (image === undefined || !isTagGone(image, comment.tag));
  if (isBelieved) return { tag: comment.tag, by: "comment" };
  if (image === undefined) return undefined;
  const [tag, ...others] = choices(digest, image, policy);
  const named = image.published.get(digest)?.tags.find((one) => one.tag === tag);
  return named === undefined || others.length > 0 ? undefined : named;
}

/** The tags that a digest may be followed by: those that policy is about, if any is; and `latest` only if policy is about it. */
function choices(digest: Digest, image: KnownImage, { tags: glob }: Policy): readonly string[] {
  const named = (image.published.get(digest)?.tags ?? []).map(({ tag }) => tag);
  const meant = glob === undefined ? [] : named.filter((tag) => matchesGlob(glob, tag));
  return tagsToFollow(meant.length > 0 ? meant : named.filter((tag) => tag !== "latest"));
}

function policyFor({ reference, path, manager: kind }: Use, policyOf: PolicyOf): Policy {
  return policyOf({ image: reference === undefined ? "" : imageKey(reference), path, kind });
}

/** Why nothing says which tag a digest alone follows; `not-observed` while nobody has asked. */
export function whyNoTag(use: Use, digest: Digest, image: KnownImage, policyOf: PolicyOf): Reason {
  const { asked, tags = [] } = image.published.get(digest) ?? {};
  const equal = choices(digest, image, policyFor(use, policyOf));
  if (equal.length > 1) return reason("digest-several-tags", named(equal));
  if (tags.length > 0) return reason("digest-only", `only ${named(tags.map(({ tag }) => tag))} names it`);
  if (asked === undefined) return reason("not-observed");
  if (asked.missing === true) return reason("digest-not-found", digest);
  return reason("digest-only", `none of ${asked.tags} tags that were asked for names it`);
}

function named(tags: readonly string[]): string {
  const more = tags.length > MOST_NAMED ? ` and ${tags.length - MOST_NAMED} more` : "";
  return tags.slice(0, MOST_NAMED).join(", ") + more;
}

const SOURCES: Readonly<Record<TagSource, string>> = {
  comment: "as the comment beside it says",
  observed: "which was seen to name it",
  registry: "by which the registry knew it",
};

/** `only a digest is written; it follows 22-alpine, as the comment beside it says`. */
export function tagSentence(tag: string, by: TagSource): string {
  return `only a digest is written; it follows ${tag}, ${SOURCES[by]}`;
}
