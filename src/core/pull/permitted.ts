import { besides, followedTag, policyObjection } from "../plan/candidate.ts";
import type { Update, UpdateGroup } from "../plan/update.ts";
import { type Reason, reason } from "../reason.ts";

/**
 * Why policy does not permit what a group proposes any more, whatever its head is like: rules may have been written since.
 * @param group with the policies of now
 * @param isIgnored whether configuration ignores a file
 */
export function objectionsTo({ updates }: UpdateGroup, isIgnored: (path: string) => boolean): readonly Reason[] {
  const paths = new Set(updates.flatMap(({ changes }) => changes.map(({ use }) => use.path)));
  const ignored = [...paths].filter(isIgnored);
  return [...(ignored.length > 0 ? [reason("ignored", ignored.join(", "))] : []), ...updates.flatMap(objectionTo)];
}

function objectionTo({ from, to, change, policy }: Update): readonly Reason[] {
  const tag = followedTag(to) ?? "";
  const objection = policyObjection(tag, [change, ...besides(followedTag(from) ?? tag, tag, change)], policy);
  return objection === undefined ? [] : [objection];
}
