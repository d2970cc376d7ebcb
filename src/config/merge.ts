import type { Origin, Policy, PolicyOf, PolicySubject } from "../core/policy.ts";
import { compileGlob } from "./glob.ts";
import type { Build, Config } from "./load.ts";
import type { DecisionKey, Decisions, Rule } from "./rule.ts";

const DAY = 86_400;

/** What counts where no rule decides. */
const DEFAULTS: Omit<Decisions, "tags" | "group"> = {
  allow: ["digest", "patch"],
  minAge: 3 * DAY,
  merge: "approval",
  pin: "digest",
  signature: "prefer",
  "gate.failOn": "high",
  reviewers: [],
};

/** The policy by the rules of a configuration: for each key, the first matching rule that sets it decides. */
export function policyOf(config: Pick<Config, "rules">): PolicyOf {
  const compiled = config.rules.map((rule) => ({ rule, matches: compileMatch(rule.match) }));
  return (subject) => decideAll(compiled.filter(({ matches }) => matches(subject)).map(({ rule }) => rule));
}

/** Says which entry of `ignore` a path falls under, by where that entry stands; `undefined` when under none. */
export function ignoredBy(config: Pick<Config, "ignore">): (path: string) => Origin | undefined {
  const compiled = config.ignore.map(({ glob, origin }) => ({ matches: compileGlob(glob), origin }));
  return (path) => compiled.find(({ matches }) => matches(path))?.origin;
}

/** The build that a change of the file at `path` belongs to, if one is configured. */
export function buildOf(config: Pick<Config, "builds">, path: string): Build | undefined {
  return config.builds.find((build) => compileGlob(build.path)(path));
}

/** A condition on something that is not known yet does not hold: a rule is never applied on a guess. */
function compileMatch(match: Rule["match"]): (subject: PolicySubject) => boolean {
  const image = match.image === undefined ? undefined : compileGlob(match.image);
  const path = match.path === undefined ? undefined : compileGlob(match.path);
  return (subject) =>
    (image?.(subject.image) ?? true) &&
    (path?.(subject.path) ?? true) &&
    listed(match.change, subject.change) &&
    listed(match.urgency, subject.urgency) &&
    match.property === undefined;
}

function listed<T>(wanted: readonly T[] | undefined, value: T | undefined): boolean {
  return wanted === undefined || (value !== undefined && wanted.includes(value));
}

function decideAll(rules: readonly Rule[]): Policy {
  const origins: Record<string, Origin> = {};
  const decide = <K extends DecisionKey>(key: K): Decisions[K] | undefined => {
    const rule = rules.find(({ decisions }) => decisions[key] !== undefined);
    if (rule !== undefined) origins[key] = rule.originOf(key);
    return rule?.decisions[key];
  };
  const decideOr = <K extends DecisionKey>(key: K, fallback: Decisions[K]): Decisions[K] => {
    origins[key] = "default";
    return decide(key) ?? fallback;
  };
  const tags = decide("tags");
  const group = decide("group");
  return {
    allow: decideOr("allow", DEFAULTS.allow),
    ...(tags === undefined ? {} : { tags }),
    minAge: decideOr("minAge", DEFAULTS.minAge),
    merge: decideOr("merge", DEFAULTS.merge),
    pin: decideOr("pin", DEFAULTS.pin),
    signature: decideOr("signature", DEFAULTS.signature),
    gate: { failOn: decideOr("gate.failOn", DEFAULTS["gate.failOn"]) },
    ...(group === undefined ? {} : { group }),
    reviewers: decideOr("reviewers", DEFAULTS.reviewers),
    origins,
  };
}
