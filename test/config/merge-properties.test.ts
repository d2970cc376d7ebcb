import fc from "fast-check";
import { expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { policyOf } from "../../src/config/merge.ts";
import { DEFAULT_POLICY, type Policy, type PolicySubject } from "../../src/core/policy.ts";

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
});
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

/** The policy by two files, written as JSON, which is YAML, a rule on each line. */
function policyBy(repository: readonly Rule[], organisation: readonly Rule[], subject: PolicySubject): Policy {
  const fileOf = (path: string, rules: readonly Rule[]) => {
    return { path, text: `{ "version": 1, "rules": [\n${rules.map((rule) => JSON.stringify(rule)).join(",\n")}\n] }` };
  };
  const { config, problems } = loadConfig({
    repository: fileOf("repository", repository),
    organisation: fileOf("organisation", organisation),
  });
  expect(problems).toEqual([]);
  return policyOf(config)(subject);
}

function valuesOf({ origins, gate, ...values }: Policy): Readonly<Record<string, unknown>> {
  return { ...values, "gate.failOn": gate.failOn };
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
      const { match, minAge, ...decisions } = first;
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
        if (origin === "default") expect(value).toEqual(defaults[key]);
        else expect(origin).toMatchObject({ path: expect.stringMatching(/^(repository|organisation)$/) });
      }
    }),
  );
});

it("acts on nothing under an organisation's floor, whatever the repository says, until floors are supported", () => {
  fc.assert(
    fc.property(RULES, fc.constantFrom("observe", "propose"), (rules, mode) => {
      const { config, problems } = loadConfig({
        repository: { path: "repository", text: JSON.stringify({ version: 1, mode, rules }) },
        organisation: {
          path: "organisation",
          text: '{ "version": 1, "mode": "propose", "require": [{ "minAge": "7d" }] }',
        },
      });
      expect(config.mode).toBe("observe");
      expect(problems).toMatchObject([{ path: "organisation", level: "error", code: "not-yet-supported" }]);
    }),
  );
});
