import { DEFAULT_POLICY, type Origin, type Policy, type PolicyOf, type PolicySubject } from "../core/policy.ts";
import { compileGlob } from "./glob.ts";
import type { Build, Config } from "./load.ts";
import type { DecisionKey, Decisions, Rule } from "./rule.ts";

/** The policy by the rules of a configuration: for each key, the first matching rule that sets it decides. */
export function policyOf(config: Pick<Config, "rules">): PolicyOf {
  const deciders = decidersOf(config);
  return (subject) => decideAll(deciders(subject));
}

/** The rule that decides a key, for one subject; none where Oakum's default holds. */
export type Decider = (key: DecisionKey) => Rule | undefined;

/** Which rules of a configuration decide, by subject. */
export function decidersOf({ rules }: Pick<Config, "rules">): (subject: PolicySubject) => Decider {
  const byImage = flagsOf(rules.map(({ match }) => match.image));
  const byPath = flagsOf(rules.map(({ match }) => match.path));
  const settersOf = setters(rules);
  return (subject) => {
    const images = byImage(subject.image);
    const paths = byPath(subject.path);
    return (key) =>
      settersOf.get(key)?.find(({ at, rule }) => images[at] === 1 && paths[at] === 1 && fits(rule.match, subject))
        ?.rule;
  };
}

interface Setter {
  readonly at: number;
  readonly rule: Rule;
}

/** For each key the rules that set it, in order. */
function setters(rules: readonly Rule[]): ReadonlyMap<string, readonly Setter[]> {
  const all = rules.flatMap((rule, at) =>
    Object.entries(rule.decisions).flatMap(([key, value]) => (value === undefined ? [] : [{ key, at, rule }])),
  );
  return Map.groupBy(all, ({ key }) => key);
}

/** Whether configuration ignores the file at a path. */
export function ignoredBy(config: Pick<Config, "ignore">): (path: string) => boolean {
  const flags = flagsOf(config.ignore.map(({ glob }) => glob));
  return (path) => flags(path).includes(1);
}

/** The build that a change of the file at `path` belongs to, if one is configured. */
export function buildOf(config: Pick<Config, "builds">, path: string): Build | undefined {
  return config.builds.find((build) => compileGlob(build.path)(path));
}

/**
 * Which of the globs match a text, as 1 and 0; one that is left out matches everything. Each text is looked at once: a
 * plan asks for every step of every use, and all globs times all of these would be hours of somebody else's time.
 */
function flagsOf(globs: readonly (string | undefined)[]): (text: string) => Uint8Array {
  const compiled = globs.map((glob) => (glob === undefined ? undefined : compileGlob(glob)));
  const known = new Map<string, Uint8Array>();
  return (text) => {
    const flags = known.get(text) ?? Uint8Array.from(compiled, (matches) => Number(matches?.(text) ?? true));
    known.set(text, flags);
    return flags;
  };
}

/** A condition on something that is not known yet does not hold: a rule is never applied on a guess. */
function fits(match: Rule["match"], { change, urgency }: PolicySubject): boolean {
  return listed(match.change, change) && listed(match.urgency, urgency) && match.property === undefined;
}

function listed<T>(wanted: readonly T[] | undefined, value: T | undefined): boolean {
  return wanted === undefined || (value !== undefined && wanted.includes(value));
}

/** The policy that these rules make, over Oakum's defaults. */
export function decideAll(ruleOf: Decider): Policy {
  const origins: Record<string, Origin> = {};
  const decide = <K extends DecisionKey>(key: K): Decisions[K] | undefined => {
    const rule = ruleOf(key);
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
