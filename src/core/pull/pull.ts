import { sha256 } from "../hash.ts";
import type { Update, UpdateGroup } from "../plan/update.ts";
import type { Due } from "../policy/due.ts";
import { URGENCIES, type Urgency } from "../policy/policy.ts";
import type { Reason } from "../reason.ts";
import { formatReference, type ImageReference, imageKey } from "../reference.ts";
import type { RepositoryId, Sha } from "../repository.ts";
import { plainText } from "../text/plain-text.ts";
import { urgencyOfDelta } from "../verdict/delta.ts";
import type { Delta, Verdict } from "../verdict/verdict.ts";
import type { QueueRecord } from "./queue.ts";

/** One branch and pull request of ours, for one group, as we recorded it. Times are milliseconds since the epoch. */
export interface PullRecord {
  readonly repository: RepositoryId;
  /** `oakum/<base>/<group>-<hash>`: the same for every version of the group. */
  readonly branch: string;
  readonly base: string;
  readonly title: string;
  readonly group: UpdateGroup;
  /** The commit of the base branch that the edits were derived from. */
  readonly baseSha: Sha;
  /** Every head that we recorded creating, newest last. */
  readonly heads: readonly Sha[];
  readonly number?: number;
  readonly state: "open" | "merged" | "closed";
  /** The merge commit, once merged, and when we saw it. */
  readonly merge?: Sha;
  readonly mergedAt?: number;
  /** The last verdict, the head it is about, and the key of the evidence it was made from. */
  readonly gate?: { readonly head: Sha; readonly key: string; readonly verdict: Verdict; readonly delta?: Delta };
  /** Heads before the newest that differ from it by nothing but a merge of the base. */
  readonly sameChange?: readonly Sha[];
  /** A merge of the base that was made to be the next head, until the branch is seen to carry it. */
  readonly merging?: { readonly head: Sha; readonly from: Sha; readonly base: Sha; readonly at: number };
  /** When we last merged the base in. */
  readonly caughtUpAt?: number;
  /** The head that went into the merge queue. */
  readonly queue?: QueueRecord;
  /** By when the update must run everywhere, as policy said when this was written: also after the merge. */
  readonly due?: Due | undefined;
  /** Why a head that passed is not merged, when it was last looked at. */
  readonly unmerged?: { readonly head: Sha; readonly reasons: readonly Reason[] };
  /** Up to where its conversation was read; `key` changes with the conversation. */
  readonly heard?: { readonly key: string; readonly comment: number; readonly at?: string };
  /** The hash of its description as we wrote it last. */
  readonly described?: string;
  readonly openedAt: number;
  /** When earlier pulls of this branch were opened, as far back as the hourly limit counts. */
  readonly openedBefore?: readonly number[];
}

/** Heads of one branch that are remembered as ours; nobody moves a branch back further. */
const MOST_HEADS = 50;

/** The heads of a branch with new ones, as many as are remembered. */
export function withHeads(heads: readonly Sha[], ...added: readonly Sha[]): readonly Sha[] {
  return [...heads, ...added].slice(-MOST_HEADS);
}

/** The newest head that the branch is known to carry. */
export function headOf({ heads, merging }: PullRecord): Sha | undefined {
  return merging === undefined ? heads.at(-1) : merging.from;
}

/**
 * The record of a pull whose branch has the base merged in, once or several times, oldest first: it carries the last of
 * `merges`, which changes the same as before. `at`: when, if it was we who did it.
 */
export function withBase(
  own: PullRecord,
  merges: readonly { readonly head: Sha; readonly base: Sha }[],
  at?: number,
): PullRecord {
  const { merging: _, ...rest } = own;
  const [last] = merges.slice(-1);
  const before = [headOf(own), ...merges.slice(0, -1).map(({ head }) => head)].filter((head) => head !== undefined);
  const added = merges.map(({ head }) => head).filter((head) => !own.heads.includes(head));
  return {
    ...rest,
    heads: withHeads(own.heads, ...added),
    sameChange: withHeads(own.sameChange ?? [], ...before),
    baseSha: last?.base ?? own.baseSha,
    ...(at !== undefined && { caughtUpAt: at }),
  };
}

/** A time within which the number of openings is limited, in milliseconds. */
export const OPENINGS_SPAN = 3_600_000;

/** When the pulls of a branch were opened in the last hour, oldest first. One without a number is a try that opened nothing yet. */
export function openingsOf({ number, openedBefore = [], openedAt }: PullRecord, now: number): readonly number[] {
  return [...openedBefore, ...(number === undefined ? [] : [openedAt])].filter(
    (opened) => now - opened < OPENINGS_SPAN,
  );
}

const MAX_TITLE = 120;
const MAX_BASE = 60;
const MAX_SLUG = 40;
const MAX_PREFIX = 40;
/** Updates spelt out in a commit message; more are counted. */
const MAX_LISTED = 20;

/**
 * The branch of a group: `oakum/<base>/<image>-<hash>`, the hash being of the group's id. It has no version in it, so a
 * newer candidate finds the same pull. `base` is a branch that exists, so what it brings along is a valid ref already.
 */
export function branchName(base: string, group: UpdateGroup): string {
  return `${branchPrefix(base)}${slug(shortName(group))}-${sha256(group.id).slice(0, 8)}`;
}

/** The base that the name of one of our branches tells: what stands between `oakum/` and its last part. */
export function baseOfBranch(branch: string): string {
  const start = branch.indexOf("/") + 1;
  return branch.slice(start, Math.max(start, branch.lastIndexOf("/")));
}

/** What all of our branches for one base begin with. */
export function branchPrefix(base: string): string {
  return `oakum/${base}/`;
}

function slug(name: string): string {
  const letters = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, MAX_SLUG);
  return letters.replace(/^-|-$/g, "") || "image";
}

/** The name people use: the last component of the repository. */
function shortName({ image }: Pick<UpdateGroup, "image">): string {
  return image.repository.slice(image.repository.lastIndexOf("/") + 1);
}

/**
 * The title of a group's pull, such as `Update node to 24.3.1-slim`, behind `prefix` (as configured, such as `fix(deps): `). For
 * another branch than the default one it ends with that: else two pulls of one repository would be called alike. It changes with the tag only, not with a newer digest of it, and holds no counts: those go stale. One line that by itself names
 * nobody and refers to no issue.
 */
export function pullTitle(group: UpdateGroup, prefix = "", base?: string): string {
  const place = directoryOf(group);
  const written = `${actOf(group)}${place === undefined ? "" : ` in ${place}`}`;
  const clean = (text: string, most: number) => plainText(text.replace(/[^\p{L}\p{N} ._:/+-]/gu, "-"), most);
  const title = `${clean(written, MAX_TITLE)}${base === undefined ? "" : ` (${clean(base, MAX_BASE)})`}`;
  const lead = plainText(prefix, MAX_PREFIX);
  return lead === "" ? title : `${lead} ${title.charAt(0).toLowerCase()}${title.slice(1)}`;
}

function actOf(group: UpdateGroup): string {
  const name = shortName(group);
  const [first] = group.updates;
  const isOwn = ({ to }: Update) => first !== undefined && imageKey(to) === imageKey(first.to);
  const own = group.updates.filter(isOwn);
  const along = group.updates.filter((update) => !isOwn(update));
  const tags = [...new Set(own.map(({ to }) => to.tag ?? "latest"))];
  const all = tags.length <= 2 ? tags.join(" and ") : `${tags[0]} and others`;
  const tag = `${all}${withThem(along)}`;
  const changes = new Set(group.updates.map(({ change }) => change));
  if (changes.size === 1 && changes.has("pin")) return `Pin ${name} ${tag} to its digest`;
  const sameTag = !group.updates.some(({ from, to }) => from.tag !== to.tag);
  return sameTag ? `Update ${name} ${tag} to its newest digest` : `Update ${name} to ${tag}`;
}

/** Other images, that share a value with those of the group. */
function withThem(along: readonly Update[]): string {
  const names = [...new Set(along.map(({ to }) => shortName({ image: to })))];
  if (names.length === 0) return "";
  return names.length === 1 ? ` and ${names[0]} with it` : ` and ${names[0]} and others with it`;
}

/** Where policy gives directories a pull of their own: the directory that all files of this one share. */
function directoryOf({ updates }: UpdateGroup): string | undefined {
  if (!updates.some(({ policy }) => policy.group !== undefined)) return undefined;
  const [first = [], ...others] = updates.flatMap(({ changes }) =>
    changes.map(({ use }) => use.path.split("/").slice(0, -1)),
  );
  const shared = first.filter((_, depth) =>
    others.every((parts) => parts.slice(0, depth + 1).join("/") === first.slice(0, depth + 1).join("/")),
  );
  return shared.length === 0 ? undefined : shared.join("/");
}

/**
 * The message of a group's commit: the pull's title, and each step in full. The same group gives the same message, so that
 * the same edits are the same commit.
 */
export function commitMessage(group: UpdateGroup, prefix = ""): string {
  const steps = [...new Set(group.updates.map(describeStep))];
  const more = steps.length > MAX_LISTED ? [`and ${steps.length - MAX_LISTED} more`] : [];
  return [pullTitle(group, prefix), "", ...steps.slice(0, MAX_LISTED), ...more].join("\n");
}

function describeStep({ from, to }: Update): string {
  return `${formatReference(from)} -> ${formatReference(to)}`;
}

const LABELS: Readonly<Record<Urgency, readonly string[]>> = {
  "known-exploited": ["security", "known-exploited"],
  critical: ["security", "critical"],
  high: ["security", "high"],
  normal: [],
};

/** The labels that say how urgent a pull is: by the gate's delta once there is one, until then by the plan's urgency. */
export function pullLabels(group: UpdateGroup, delta?: Delta): readonly string[] {
  return LABELS[delta === undefined ? urgencyOfGroup(group) : urgencyOfDelta(delta)];
}

/** Negative when `a` is more urgent than `b`. */
export function compareUrgency(a: Urgency, b: Urgency): number {
  return URGENCIES.indexOf(a) - URGENCIES.indexOf(b);
}

/** The most urgent of a group's updates. */
export function urgencyOfGroup({ updates }: UpdateGroup): Urgency {
  return URGENCIES.find((urgency) => updates.some((update) => update.urgency === urgency)) ?? "normal";
}

/**
 * What a person refuses by closing a pull: exactly these references, on this branch. It can be derived again from the
 * tree of the closed pull's head.
 */
export function refusalKey(branch: string, to: readonly ImageReference[]): string {
  return [branch, ...[...new Set(to.map(formatReference))].sort()].join(" ");
}
