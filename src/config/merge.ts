import { DEFAULT_POLICY, type Origin, type Policy, type PolicyOf, type PolicySubject } from "../core/policy.ts";
import { compileGlob } from "./glob.ts";
import type { Build, Config } from "./load.ts";
import type { DecisionKey, Decisions, Rule } from "./rule.ts";

/** The policy by the rules of a configuration: for each key, the first matching rule that sets it decides. */
export function policyOf(config: Pick<Config, "rules">): PolicyOf {
  const compiled = config.rules.map((rule) => ({ rule, matches: compileMatch(rule.match) }));
  return (subject) => decideAll(compiled.filter(({ matches }) => matches(subject)).map(({ rule }) => rule));
}

/** Whether configuration ignores the file at a path. */
export function ignoredBy(config: Pick<Config, "ignore">): (path: string) => boolean {
  const globs = config.ignore.map(({ glob }) => compileGlob(glob));
  return (path) => globs.some((matches) => matches(path));
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
    allow: decideOr("allow", DEFAULT_POLICY.allow),
    ...(tags === undefined ? {} : { tags }),
    minAge: decideOr("minAge", DEFAULT_POLICY.minAge),
    merge: decideOr("merge", DEFAULT_POLICY.merge),
    pin: decideOr("pin", DEFAULT_POLICY.pin),
    signature: decideOr("signature", DEFAULT_POLICY.signature),
    gate: { failOn: decideOr("gate.failOn", DEFAULT_POLICY.gate.failOn) },
    ...(group === undefined ? {} : { group }),
    reviewers: decideOr("reviewers", DEFAULT_POLICY.reviewers),
    origins,
  };
}
