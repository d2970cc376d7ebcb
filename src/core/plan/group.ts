import type { PolicyOf } from "../policy/policy.ts";
import { formatReference, type ImageReference, imageKey } from "../reference.ts";
import { trackOf } from "../tag/tag.ts";
import { directoryMatching } from "../text/glob.ts";
import type { Change, Use } from "../use/use.ts";
import type { Candidate } from "./candidate.ts";
import { changedPieces, connected } from "./together.ts";
import type { Update, UpdateGroup } from "./update.ts";

/** One use that goes from what it names to a candidate. */
export interface Step {
  readonly use: Use;
  readonly from: ImageReference;
  readonly candidate: Candidate;
}

/**
 * The steps as pulls carry them. A group is an image name and a track, and a directory where policy splits by one; in it,
 * uses that make the same step under the same policy are one update. Order is that of the first use. Steps that change one value
 * travel together, with the first of them.
 */
export function groupUpdates(steps: readonly Step[]): readonly UpdateGroup[] {
  const leaders = leadersOf(steps);
  return [...Map.groupBy(steps, (step) => groupId(leaders.get(step) ?? step))].flatMap(([id, members]) => {
    const [first] = members;
    if (first === undefined) return [];
    const { registry, repository } = first.from;
    const updates = [...Map.groupBy(members, updateKey).values()].flatMap(updateOf);
    return [{ id, image: { registry, repository }, track: trackOfStep(first), updates }];
  });
}

/** Of each step that changes a value which another one changes too, the first of them. */
function leadersOf(steps: readonly Step[]): ReadonlyMap<Step, Step> {
  const changed = steps.map(({ use, from, candidate }) => changedPieces(use, from, candidate.to));
  return new Map(
    connected(changed).flatMap((indices) => {
      const members = indices.flatMap((index) => steps[index] ?? []);
      return members.flatMap((step) => (members[0] === undefined ? [] : [[step, members[0]] as const]));
    }),
  );
}

function groupId(step: Step): string {
  const { group } = step.candidate.policy;
  const directory = group === undefined ? undefined : directoryMatching(group, step.use.path);
  const base = `${imageKey(step.from)} ${trackOfStep(step)}`;
  return directory === undefined ? base : `${base} ${directory}`;
}

function trackOfStep({ from }: Step): string {
  return trackOf(from.tag ?? "latest");
}

/** Uses in files under different rules are apart, so that none of them merges under another's policy. */
function updateKey({ from, candidate }: Step): string {
  return [formatReference(from), formatReference(candidate.to), JSON.stringify(candidate.policy)].join(" ");
}

function updateOf(steps: readonly Step[]): readonly Update[] {
  const [first] = steps;
  if (first === undefined) return [];
  const { to, change, urgency, policy, firstSeen } = first.candidate;
  return [
    {
      from: first.from,
      to,
      change,
      urgency,
      ...(firstSeen !== undefined && { firstSeen }),
      changes: steps.map(({ use }) => ({ use, to })),
      policy,
    },
  ];
}

/** The part of a group that makes some of its changes; none, when it makes none of them. */
export function partOf(group: UpdateGroup, isWanted: (change: Change) => boolean): readonly UpdateGroup[] {
  const updates = group.updates
    .map((update) => ({ ...update, changes: update.changes.filter(isWanted) }))
    .filter(({ changes }) => changes.length > 0);
  return updates.length === 0 ? [] : [{ ...group, updates }];
}

/** The group under the policies of now: what was decided when it was proposed may have been changed since. */
export function withPolicies(group: UpdateGroup, policyOf: PolicyOf): UpdateGroup {
  const updates = group.updates.flatMap((update) => {
    const { change, urgency } = update;
    const decided = update.changes.map((one) => {
      const policy = policyOf({
        image: imageKey(update.to),
        path: one.use.path,
        kind: one.use.manager,
        change,
        urgency,
      });
      return { change: one, policy };
    });
    const byPolicy = Map.groupBy(decided, ({ policy }) => JSON.stringify(policy));
    return [...byPolicy.values()].flatMap((members) =>
      members.slice(0, 1).map(({ policy }) => ({ ...update, policy, changes: members.map((one) => one.change) })),
    );
  });
  return { ...group, updates };
}

/**
 * Whether something is built from what a group changes. Images that only run as they are, in a manifest or a pipeline,
 * need no build, and make no release.
 */
export function isBuilt({ updates }: Pick<UpdateGroup, "updates">): boolean {
  return updates.some(({ changes }) => changes.some(({ use }) => use.role !== "workload"));
}
