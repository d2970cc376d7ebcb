import { compareSeverity } from "../verdict/finding.ts";
import type { Ordered, OrderedKey, Policy } from "./policy.ts";
import type { Phase, Window } from "./window.ts";

/** From strict to lax. */
const MERGES: readonly Policy["merge"][] = ["never", "approval", "auto"];
const SIGNATURES: readonly Policy["signature"][] = ["require", "prefer", "ignore"];

/** The stricter of two values of each key: never laxer than either. */
const STRICTER: { readonly [K in OrderedKey]: (one: Ordered[K], other: Ordered[K]) => Ordered[K] } = {
  allow: (one, other) => one.filter((change) => other.includes(change)),
  minAge: Math.max,
  merge: (one, other) => firstOf(MERGES, one, other),
  signature: (one, other) => firstOf(SIGNATURES, one, other),
  "gate.failOn": (one, other) => (compareSeverity(one, other) < 0 ? other : one),
  "windows.propose": bothWindows,
  "windows.merge": bothWindows,
  "windows.deploy": bothWindows,
};

/** The stricter of two values of a key. Where one is as strict as the other it is `one`. */
export function stricter<K extends OrderedKey>(key: K, one: Ordered[K], other: Ordered[K]): Ordered[K] {
  return STRICTER[key](one, other);
}

/** What holds for updates that travel together: for each key the strictest of their policies, and the reviewers of all. */
export function strictestOf(
  policies: readonly Policy[],
): Pick<Policy, "merge" | "signature" | "gate" | "reviewers" | "windows"> {
  const windowsOf = (phase: Phase) => policies.map(({ windows }) => windows[phase]).reduce(bothWindows, []);
  const severities = policies.map(({ gate }) => gate.failOn).toSorted(compareSeverity);
  return {
    merge: MERGES.find((each) => policies.some(({ merge }) => merge === each)) ?? "never",
    signature: SIGNATURES.find((each) => policies.some(({ signature }) => signature === each)) ?? "prefer",
    gate: { failOn: severities.at(-1) ?? "high" },
    reviewers: [...new Set(policies.flatMap(({ reviewers }) => reviewers))],
    windows: { propose: windowsOf("propose"), merge: windowsOf("merge"), deploy: windowsOf("deploy") },
  };
}

function firstOf<T>(order: readonly T[], one: T, other: T): T {
  return order.indexOf(other) < order.indexOf(one) ? other : one;
}

/** Open when both are: `other` adds nothing where it stands in `one` already. */
function bothWindows(one: readonly Window[], other: readonly Window[]): readonly Window[] {
  const known = new Set(one.map((window) => JSON.stringify(window)));
  const added = other.filter((window) => !known.has(JSON.stringify(window)));
  return added.length === 0 ? one : [...one, ...added];
}
