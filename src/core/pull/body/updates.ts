import type { UpdateGroup } from "../../plan/update.ts";
import { isOverdue } from "../../policy/due.ts";
import { type Digest, formatReference, type ImageReference, imageKey } from "../../reference.ts";
import { code, fold, table, takeWithin } from "../../text/markdown.ts";
import { formatAge, formatDuration, formatTime } from "../../text/time-text.ts";
import type { PullBodyInput } from "./input.ts";
import { originText } from "./rules.ts";

const MOST_UPDATES = 10;
const MOST_FILES = 100;
/** In characters, for what each part may hold. */
const BUDGETS = { updates: 3_000, files: 5_000, references: 4_000 };

/** From and to, one row per step. */
export function updatesTable({ updates }: UpdateGroup, { firstSeen, now }: PullBodyInput): string {
  const age = (at: number | undefined) => (at === undefined ? "" : `(first seen ${formatAge(now - at)})`);
  const rows = updates.map(({ from, to, firstSeen: arrived }) => {
    const known = (digest: Digest | undefined) => (digest === undefined ? undefined : firstSeen.get(digest));
    return [
      code(imageKey(to), 300),
      version(from, age(known(from.digest))),
      version(to, age(known(to.digest) ?? arrived)),
    ];
  });
  const shown = takeWithin(rows, MOST_UPDATES, BUDGETS.updates);
  const more = rows.length > shown.length ? `\n\nand ${rows.length - shown.length} more` : "";
  return table(["", "from", "to"], shown) + more;
}

function version({ tag, digest }: ImageReference, age: string): string {
  const parts = [code(tag ?? "no tag", 128), digest === undefined ? "no digest" : code(shortDigest(digest)), age];
  return parts.filter((part) => part !== "").join(" ");
}

/** `sha256:1f0a…9c2e`: enough to recognise. */
export function shortDigest(digest: Digest): string {
  return `${digest.slice(0, 11)}…${digest.slice(-4)}`;
}

/** Every place that changes, with what the image does there. */
export function filesFold({ updates }: UpdateGroup): string {
  const places = updates.flatMap(({ changes }) =>
    changes.map(({ use }) => `- ${code(`${use.path}:${use.line}`, 300)} (${use.role})`),
  );
  return listFold("Files", places, MOST_FILES, BUDGETS.files);
}

/** From and to in full, for copying. */
export function referencesFold({ updates }: UpdateGroup): string {
  const steps = updates.map(
    ({ from, to }) => `- ${code(formatReference(from), 600)} → ${code(formatReference(to), 600)}`,
  );
  return listFold("References in full", [...new Set(steps)], MOST_UPDATES, BUDGETS.references);
}

function listFold(title: string, lines: readonly string[], most: number, budget: number): string {
  const shown = takeWithin(lines, most, budget);
  const more = lines.length > shown.length ? [`- and ${lines.length - shown.length} more`] : [];
  return fold(`${title} (${lines.length})`, [...shown, ...more].join("\n"));
}

/** How to say no, and what that means. */
export function refusalNote({ updates }: UpdateGroup): string {
  const names = [
    ...new Set(
      updates.map(({ to }) => `${to.tag ?? "latest"}${to.digest === undefined ? "" : `@${shortDigest(to.digest)}`}`),
    ),
  ];
  const what = names
    .slice(0, 3)
    .map((name) => code(name, 160))
    .join(", ");
  return [
    `**To refuse it**, close this pull request, with write access: that refuses exactly ${what}, and the next one comes in a new pull request.`,
    "A newer image refreshes this one in place. Commit to this branch yourself and Oakum leaves it to you.",
  ].join(" ");
}

/** By when it should run everywhere, and which rule says so. */
export function dueLine({ due, now }: PullBodyInput): string {
  if (due === undefined) return "";
  const left = due.at - now;
  const distance = isOverdue(due, now) ? `**overdue by ${formatDuration(-left)}**` : `in ${formatDuration(left)}`;
  return `**Due:** ${formatTime(due.at)} (${distance}), as ${due.urgency} by rule ${originText(due.origin)}`;
}
