import {
  DEFAULT_POLICY,
  type DecisionKey,
  type Decisions,
  type Ordered,
  type OrderedKey,
  type Origin,
  type Policy,
  type PolicyOf,
  type PolicySubject,
} from "../core/policy/policy.ts";
import { stricter } from "../core/policy/strictness.ts";
import type { Build, Config } from "./config.ts";
import { compileGlob } from "./glob.ts";
import type { Requirement, Rule } from "./rule.ts";

/** What decides: the rules, and the floor under them. */
type Rules = Pick<Config, "rules" | "floor">;

/** The policy by a configuration: for each key the first matching rule that sets it, or the floor where that is stricter. */
export function policyOf(config: Rules): PolicyOf {
  const deciders = decidersOf(config);
  return (subject) => decideAll(deciders(subject));
}

/** Who decides for one subject. */
export interface Decider {
  /** The rule that decides a key; none where Oakum's default holds. */
  ruleOf(key: DecisionKey): Rule | undefined;
  /** The parts of the floor that are about the subject. */
  readonly floor: readonly Requirement[];
}

/** Which rules of a configuration decide, and which floor is under them, by subject. */
export function decidersOf({ rules, floor }: Rules): (subject: PolicySubject) => Decider {
  const rulesAbout = matchesOf(rules);
  const floorAbout = matchesOf(floor);
  const settersOf = setters(rules);
  return (subject) => {
    const isAbout = rulesAbout(subject);
    const isUnder = floorAbout(subject);
    return {
      ruleOf: (key) => settersOf.get(key)?.find(({ at, rule }) => isAbout(at) && fits(rule.match, subject))?.rule,
      floor: floor.filter((_, at) => isUnder(at)),
    };
  };
}

/** Which of some rules, by their places, are about the image and the path of a subject. */
function matchesOf(rules: readonly Pick<Requirement, "match">[]) {
  const byImage = flagsOf(rules.map(({ match }) => match.image));
  const byPath = flagsOf(rules.map(({ match }) => match.path));
  return ({ image, path }: PolicySubject) => {
    const images = byImage(image);
    const paths = byPath(path);
    return (at: number) => images[at] === 1 && paths[at] === 1;
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
function fits(match: Rule["match"], { kind, change, urgency }: PolicySubject): boolean {
  return listed(match.kind, kind) && listed(match.change, change) && listed(match.urgency, urgency);
}

function listed<T>(wanted: readonly T[] | undefined, value: T | undefined): boolean {
  return wanted === undefined || (value !== undefined && wanted.includes(value));
}

/** The policy that these rules make, over Oakum's defaults and never below the floor. */
export function decideAll({ ruleOf, floor }: Decider): Policy {
  const origins: Record<string, Origin> = {};
  const overruled: Record<string, { readonly value: unknown; readonly origin: Origin }> = {};

  function decide<K extends DecisionKey>(key: K): Decisions[K] | undefined {
    const rule = ruleOf(key);
    if (rule !== undefined) origins[key] = rule.originOf(key);
    return rule?.decisions[key];
  }

  function decideOr<K extends DecisionKey>(key: K, fallback: Decisions[K]): Decisions[K] {
    origins[key] = "default";
    return decide(key) ?? fallback;
  }

  /** The decision, or what the floor makes of it: then the last of its parts that changed it is who decided. */
  function decideAbove<K extends OrderedKey>(key: K, fallback: Ordered[K]): Ordered[K] {
    const own = { value: decideOr<OrderedKey>(key, fallback) as Ordered[K], origin: origins[key] ?? "default" };
    let value = own.value;
    for (const { decisions, originOf } of floor) {
      const least: Ordered[K] | undefined = decisions[key];
      const next = least === undefined ? value : stricter(key, value, least);
      if (isSame(next, value)) continue;
      value = next;
      origins[key] = originOf(key);
      overruled[key] = own;
    }
    return value;
  }

  const tags = decide("tags");
  const group = decide("group");
  const windows = {
    propose: decideAbove("windows.propose", DEFAULT_POLICY.windows.propose),
    merge: decideAbove("windows.merge", DEFAULT_POLICY.windows.merge),
    deploy: decideAbove("windows.deploy", DEFAULT_POLICY.windows.deploy),
  };
  return {
    allow: decideAbove("allow", DEFAULT_POLICY.allow),
    ...(tags === undefined ? {} : { tags }),
    minAge: decideAbove("minAge", DEFAULT_POLICY.minAge),
    merge: decideAbove("merge", DEFAULT_POLICY.merge),
    pin: decideOr("pin", DEFAULT_POLICY.pin),
    signature: decideAbove("signature", DEFAULT_POLICY.signature),
    gate: { failOn: decideAbove("gate.failOn", DEFAULT_POLICY.gate.failOn) },
    ...(group === undefined ? {} : { group }),
    reviewers: decideOr("reviewers", DEFAULT_POLICY.reviewers),
    windows,
    origins,
    ...(Object.keys(overruled).length > 0 && { overruled }),
  };
}

/** What is stricter of a list is a part of it, or has more: so its length tells. */
function isSame<T extends Ordered[OrderedKey]>(one: T, other: T): boolean {
  return Array.isArray(one) && Array.isArray(other) ? one.length === other.length : one === other;
}
