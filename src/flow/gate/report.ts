import type { Config } from "../../config/config.ts";
import type { UpdateGroup } from "../../core/plan/update.ts";
import { dueOf } from "../../core/policy/due.ts";
import { renderPullBody } from "../../core/pull/body.ts";
import { renderCheckSummary } from "../../core/pull/check-summary.ts";
import type { PullRecord } from "../../core/pull/pull.ts";
import { sentence } from "../../core/reason.ts";
import type { Digest } from "../../core/reference.ts";
import type { Repository } from "../../core/repository.ts";
import { plainText } from "../../core/text/plain-text.ts";
import { isUnfinished } from "../../core/verdict/judge.ts";
import type { Delta } from "../../core/verdict/verdict.ts";
import type { Annotation, CheckReport } from "../../github/checks.ts";
import type { Pull } from "../../github/pulls.ts";
import type { Context } from "../context.ts";
import { type Gathered, strictest } from "./evidence.ts";

/** The name of our check run: what a ruleset requires. */
export const CHECK = "oakum";

/** What was judged, and how. */
type Gate = NonNullable<PullRecord["gate"]>;

/** The gate's check run on the head that it judged. */
export function checkOf(own: PullRecord, gate: Gate, gathered: Gathered): CheckReport {
  const { title, summary } = renderCheckSummary({
    group: own.group,
    verdict: gate.verdict,
    evidence: gathered.evidence,
  });
  const common = {
    name: CHECK,
    head: gate.head,
    externalId: gate.key,
    title,
    summary,
    annotations: annotations(own, gate),
  };
  return isUnfinished(gate.verdict)
    ? { ...common, status: "in_progress" }
    : { ...common, status: "completed", conclusion: CONCLUSIONS[gate.verdict.state] };
}

/** As many as GitHub takes in one request; the body lists every place. */
const MOST_ANNOTATIONS = 50;
const LONGEST_REASON = 500;

/** A held verdict blocks the merge as a failed one does: unknown is never clean. */
const CONCLUSIONS = { pass: "success", fail: "failure", held: "action_required" } as const;

/** Where the head names the image, for every place that it changes. */
function annotations({ group }: PullRecord, { verdict }: Gate): readonly Annotation[] {
  // Annotations can only be added to: the ones of an unfinished report would stay for ever.
  if (verdict.state === "pass" || isUnfinished(verdict)) return [];
  const level = verdict.state === "fail" ? "failure" : "warning";
  const message = verdict.reasons.map((why) => plainText(sentence(why), LONGEST_REASON)).join("\n");
  const places = group.updates.flatMap(({ to, changes }) =>
    changes.map(({ use }) => ({ use, title: to.tag ?? "image" })),
  );
  return places.slice(0, MOST_ANNOTATIONS).map(({ use, title }) => {
    return { path: use.path, line: use.line, level, title, message } as const;
  });
}

/** A pull, and what policy says of it. */
interface About {
  readonly repository: Pick<Repository, "defaultBranch">;
  readonly own: PullRecord;
  readonly config: Config;
}

/** The body of a pull that was judged. */
export function bodyOf(
  context: Context,
  { pull, ...about }: About & { readonly pull: Pull },
  gathered: Gathered,
  { verdict, delta }: Gate,
): string {
  const { own } = about;
  return renderPullBody({
    group: own.group,
    branch: own.branch,
    head: pull.head,
    evidence: gathered.evidence,
    verdict,
    built: gathered.built,
    ...afterwards(context, about, delta),
  });
}

/** The body that a pull request is opened with: what is known before anything was built. */
export function openingBody(context: Context, about: About): string {
  const { own } = about;
  return renderPullBody({
    group: own.group,
    branch: own.branch,
    head: own.heads.at(-1) ?? "",
    evidence: {
      build: { state: "pending" },
      base: "unknown",
      scans: { state: "pending" },
      ...strictest(own),
    },
    built: [],
    ...afterwards(context, about),
  });
}

/** What a body says of times, and of what follows the merge: only the default branch is released. */
function afterwards({ now }: Context, { repository, own, config }: About, delta?: Delta) {
  return {
    stages: own.base === repository.defaultBranch ? config.deploy : undefined,
    firstSeen: firstSeenOf(own.group),
    due: dueOf(own.group, config.due, delta),
    now: now(),
  };
}

function firstSeenOf({ updates }: UpdateGroup): ReadonlyMap<Digest, number> {
  return new Map(
    updates.flatMap(({ to, firstSeen }) =>
      to.digest && firstSeen !== undefined ? [[to.digest, firstSeen] as const] : [],
    ),
  );
}
