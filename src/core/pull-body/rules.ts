import { code, fold, table, takeWithin } from "../markdown.ts";
import type { Origin, Policy } from "../policy.ts";
import { formatDuration } from "../time-text.ts";
import type { UpdateGroup } from "../update.ts";

const MOST_RULES = 40;
const MOST_REVIEWERS = 10;
/** In characters. */
const BUDGET = 4_000;

/** For each value of the policy, who decided it. */
export function rulesFold({ updates }: UpdateGroup): string {
  const rows = updates.flatMap(({ policy }) =>
    Object.entries(policy.origins)
      .map(([key, origin]) => [code(key, 40), policyValue(policy, key), originText(origin)])
      .filter(([, value]) => value !== ""),
  );
  const distinct = [...new Map(rows.map((row) => [row.join(), row])).values()].sort((a, b) =>
    a.join() < b.join() ? -1 : 1,
  );
  const shown = takeWithin(distinct, MOST_RULES, BUDGET);
  return fold("Rules that decided", table(["", "value", "decided by"], shown));
}

function originText(origin: Origin): string {
  return origin === "default" ? "default" : code(`${origin.path}:${origin.line}`, 200);
}

function policyValue(policy: Policy, key: string): string {
  switch (key) {
    case "allow":
      return policy.allow.join(", ");
    case "minAge":
      return policy.minAge === 0 ? "none" : formatDuration(policy.minAge * 1000);
    case "gate.failOn":
      return policy.gate.failOn;
    case "reviewers":
      return policy.reviewers
        .slice(0, MOST_REVIEWERS)
        .map((reviewer) => code(reviewer, 60))
        .join(", ");
    case "merge":
      return policy.merge;
    case "pin":
      return policy.pin;
    case "signature":
      return policy.signature;
    case "tags":
      return code(policy.tags ?? "", 100);
    case "group":
      return code(policy.group ?? "", 100);
    default:
      return "";
  }
}

/** How a pull merges: by the strictest policy of its updates, with the reviewers of all. */
export function mergeOf({ updates }: UpdateGroup): Pick<Policy, "merge" | "reviewers"> {
  const order: readonly Policy["merge"][] = ["never", "approval", "auto"];
  const merge = order.find((each) => updates.some(({ policy }) => policy.merge === each)) ?? "never";
  const reviewers = [...new Set(updates.flatMap(({ policy }) => policy.reviewers))];
  return { merge, reviewers: reviewers.slice(0, MOST_REVIEWERS) };
}
