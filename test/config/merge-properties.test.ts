import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { policyOf } from "../../src/config/merge.ts";
import type { About } from "../../src/config/rule.ts";
import {
  DEFAULT_POLICY,
  type DecisionKey,
  decisionOf,
  type OrderedKey,
  type Policy,
  type PolicySubject,
} from "../../src/core/policy/policy.ts";
import { isOpen } from "../../src/core/policy/window.ts";

const CHANGES = ["digest", "patch", "minor"] as const;
const URGENCIES = ["critical", "normal"] as const;

/** As a file has it. `undefined` is as if the key were not there. */
interface Rule {
  readonly match: {
    readonly image?: string | undefined;
    readonly path?: string | undefined;
    readonly change?: string | undefined;
    readonly urgency?: string | undefined;
  };
  readonly allow?: readonly string[] | undefined;
  readonly minAge?: string | undefined;
  readonly merge?: string | undefined;
  readonly pin?: string | undefined;
  readonly signature?: string | undefined;
  readonly group?: string | undefined;
  readonly gate?: { readonly failOn: string } | undefined;
  readonly windows?: Readonly<Record<string, string>> | undefined;
}

function maybe<T>(...values: readonly T[]): fc.Arbitrary<T | undefined> {
  return fc.option(fc.constantFrom(...values), { nil: undefined });
}

const RULE: fc.Arbitrary<Rule> = fc.record({
  match: fc.record({
    image: maybe("docker.io/library/node", "docker.io/**", "ghcr.io/**"),
    path: maybe("a/Dockerfile", "a/**"),
    change: maybe(...CHANGES),
    urgency: maybe(...URGENCIES),
  }),
  allow: maybe(["digest"], ["digest", "patch", "minor"], []),
  minAge: maybe("0d", "7d"),
  merge: maybe("auto", "approval", "never"),
  pin: maybe("digest", "tag"),
  signature: maybe("prefer", "ignore"),
  group: maybe("services/*"),
  gate: maybe({ failOn: "medium" }),
  windows: maybe({ propose: "Mon-Wed 00:00-24:00 UTC" }, { merge: "always" }),
});
/** What lets everything happen at any time. */
const LAX: Rule = {
  match: {},
  allow: ["pin", "digest", "patch", "minor", "major", "os"],
  minAge: "0d",
  merge: "auto",
  gate: { failOn: "critical" },
  signature: "ignore",
  windows: { propose: "always", merge: "always", deploy: "always" },
};
const RULES = fc.array(RULE, { maxLength: 4 });
const SUBJECT: fc.Arbitrary<PolicySubject> = fc.record(
  {
    image: fc.constantFrom("docker.io/library/node", "ghcr.io/acme/base"),
    path: fc.constantFrom("a/Dockerfile", "b/Dockerfile"),
    change: fc.constantFrom(...CHANGES),
    urgency: fc.constantFrom(...URGENCIES),
  },
  { requiredKeys: ["image", "path"] },
);

/** Written as JSON, which is YAML, a rule on each line. */
function fileOf(path: string, rules: readonly Rule[]) {
  return { path, text: `{ "version": 1, "rules": [\n${rules.map((rule) => JSON.stringify(rule)).join(",\n")}\n] }` };
}

/** The policy by two files. */
function policyBy(repository: readonly Rule[], organisation: readonly Rule[], subject: PolicySubject): Policy {
  const { config, problems } = loadConfig({
    repository: fileOf("repository", repository),
    organisation: fileOf("organisation", organisation),
  });
  expect(problems).toEqual([]);
  return policyOf(config)(subject);
}

const KEYS = Object.keys(policyBy([], [], { image: "a", path: "b" }).origins) as DecisionKey[];

function valuesOf(policy: Policy): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...KEYS, "tags" as const, "group" as const].map((key) => [key, decisionOf(policy, key)]));
}

it("changes nothing that an earlier rule decided by a later one, nor anything of the repository's by the organisation", () => {
  fc.assert(
    fc.property(RULES, RULE, SUBJECT, (rules, later, subject) => {
      const before = policyBy(rules, [], subject);
      for (const after of [policyBy([...rules, later], [], subject), policyBy(rules, [later], subject)]) {
        const decided = Object.entries(before.origins).filter(([, origin]) => origin !== "default");
        for (const [key, origin] of decided) {
          expect(valuesOf(after)[key]).toEqual(valuesOf(before)[key]);
          expect(after.origins[key]).toEqual(origin);
        }
      }
    }),
  );
});

it("takes every key that a first rule sets from it when it matches, and no key when it does not", () => {
  fc.assert(
    fc.property(RULE, RULES, RULES, SUBJECT, (first, rules, organisation, subject) => {
      const { match, minAge, gate, windows, ...decisions } = first;
      const others = policyBy(rules, organisation, subject);
      const everywhere = policyBy([{ ...first, match: {} }, ...rules], organisation, subject);
      const seconds = minAge === undefined ? undefined : minAge === "0d" ? 0 : 7 * 86_400;
      for (const [key, value] of Object.entries({ ...decisions, minAge: seconds })) {
        expect(valuesOf(everywhere)[key]).toEqual(value ?? valuesOf(others)[key]);
      }
      for (const unmet of [{ path: "no" }, { image: "quay.io/no/no" }, { change: "major" }, { urgency: "high" }]) {
        const nowhere = policyBy([{ ...first, match: { ...match, ...unmet } }, ...rules], organisation, subject);
        expect(valuesOf(nowhere)).toEqual(valuesOf(others));
      }
    }),
  );
});

it("fills with Oakum's defaults what no rule decides, and names a rule for all the rest", () => {
  fc.assert(
    fc.property(RULES, RULES, SUBJECT, (repository, organisation, subject) => {
      const policy = policyBy(repository, organisation, subject);
      const defaults = valuesOf(DEFAULT_POLICY);
      for (const [key, value] of Object.entries(valuesOf(policy))) {
        const origin = policy.origins[key];
        if (value === undefined) expect(origin).toBeUndefined();
        else if (origin === "default") expect(value).toEqual(defaults[key]);
        else expect(origin).toMatchObject({ path: expect.stringMatching(/^(repository|organisation)$/) });
      }
    }),
  );
});

const FLOOR_MATCH = fc.record({
  repository: maybe("acme/*", "ACME/payments", "other/*"),
  image: maybe("docker.io/library/node", "ghcr.io/**"),
  path: maybe("a/**"),
  property: maybe({ tier: "pci" }, { tier: "web" }),
});
const HOURS = ["Mon-Fri 06:00-18:00 UTC", "Sat-Sun 00:00-24:00 Europe/Brussels"] as const;
const FLOOR = fc.array(
  fc.record({
    match: FLOOR_MATCH,
    allow: maybe(["digest"], ["digest", "patch"], []),
    minAge: maybe("0d", "7d", "14d"),
    merge: maybe("auto", "approval", "never"),
    gate: maybe({ failOn: "low" }, { failOn: "critical" }),
    windows: maybe({ propose: HOURS[0] }, { merge: HOURS[1], deploy: "always" }),
  }),
  { maxLength: 3 },
);
const ABOUT: fc.Arbitrary<About> = fc.constantFrom(
  {},
  { name: "acme/payments" },
  { name: "acme/payments", properties: { tier: "pci" } },
  { name: "acme/shop", properties: { tier: "web" } },
);

function under(floor: readonly object[], rules: readonly Rule[], about: About, subject: PolicySubject): Policy {
  const { config, problems } = loadConfig(
    {
      repository: fileOf("repository", rules),
      organisation: { path: "floor", text: JSON.stringify({ version: 1, require: floor }) },
    },
    about,
  );
  expect(problems).toEqual([]);
  return policyOf(config)(subject);
}

/** In the order of their strictness, from strict to lax. */
const MERGES = ["never", "approval", "auto"];
const SEVERITIES = ["negligible", "low", "medium", "high", "critical"];
const TIMES = Array.from({ length: 14 }, (_, half) => Date.UTC(2026, 10, 23, half * 12));

/** Whether nothing that a policy lets happen is kept from happening by the other. */
function isAsStrict(policy: Policy, than: Policy): boolean {
  const windows = (["propose", "merge", "deploy"] as const).every((phase) =>
    TIMES.every((at) => !isOpen(policy.windows[phase], at) || isOpen(than.windows[phase], at)),
  );
  return (
    policy.allow.every((change) => than.allow.includes(change)) &&
    policy.minAge >= than.minAge &&
    MERGES.indexOf(policy.merge) <= MERGES.indexOf(than.merge) &&
    SEVERITIES.indexOf(policy.gate.failOn) <= SEVERITIES.indexOf(than.gate.failOn) &&
    windows
  );
}

describe("under an organisation's floor", () => {
  it("nothing is laxer than without it, nor than it demands, whatever the repository says", () => {
    fc.assert(
      fc.property(FLOOR, RULES, ABOUT, SUBJECT, (floor, rules, about, subject) => {
        const policy = under(floor, rules, about, subject);
        expect(isAsStrict(policy, under([], rules, about, subject))).toBe(true);
        for (const part of floor) expect(isAsStrict(policy, under([part], [LAX], about, subject))).toBe(true);
      }),
    );
  });

  it("a repository that tries to loosen it changes nothing", () => {
    fc.assert(
      fc.property(FLOOR, RULES, ABOUT, SUBJECT, (floor, rules, about, subject) => {
        const loosened = under(floor, [LAX, ...rules], about, subject);
        const least = under(floor, [LAX], about, subject);
        expect(isAsStrict(loosened, least) && isAsStrict(least, loosened)).toBe(true);
      }),
    );
  });

  it("the order of its parts does not matter, and twice is once", () => {
    fc.assert(
      fc.property(FLOOR, RULES, ABOUT, SUBJECT, (floor, rules, about, subject) => {
        const policy = under(floor, rules, about, subject);
        for (const other of [floor.toReversed(), [...floor, ...floor]]) {
          const same = under(other, rules, about, subject);
          expect(isAsStrict(policy, same) && isAsStrict(same, policy)).toBe(true);
        }
      }),
    );
  });

  it("each key is named for the floor exactly where that changed it, with what it would have been", () => {
    fc.assert(
      fc.property(FLOOR, RULES, ABOUT, SUBJECT, (floor, rules, about, subject) => {
        const policy = under(floor, rules, about, subject);
        const without = under([], rules, about, subject);
        for (const key of Object.keys(policy.origins) as OrderedKey[]) {
          const before = { value: decisionOf(without, key), origin: without.origins[key] };
          const isChanged = JSON.stringify(decisionOf(policy, key)) !== JSON.stringify(before.value);
          expect(policy.overruled?.[key]).toEqual(isChanged ? before : undefined);
          expect(policy.origins[key]).toEqual(isChanged ? { path: "floor", line: 1 } : before.origin);
        }
      }),
    );
  });

  it("less is known of a repository, more of it holds", () => {
    fc.assert(
      fc.property(FLOOR, RULES, ABOUT, SUBJECT, (floor, rules, about, subject) => {
        expect(isAsStrict(under(floor, rules, {}, subject), under(floor, rules, about, subject))).toBe(true);
      }),
    );
  });
});
