import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Config } from "../../src/config/config.ts";
import { type Condition, type Explained, explain, formatCondition, formatOrigin } from "../../src/config/explain.ts";
import { loadConfig } from "../../src/config/load.ts";
import { policyOf } from "../../src/config/merge.ts";
import {
  type ChangeClass,
  type DecisionKey,
  decisionOf,
  type Policy,
  type Urgency,
} from "../../src/core/policy/policy.ts";
import { formatDecision, overruledText } from "../../src/core/policy/text.ts";

const NODE = { image: "docker.io/library/node", path: "services/api/Dockerfile" };
const CHANGES: readonly ChangeClass[] = ["pin", "digest", "patch", "minor", "major", "os"];
const URGENCIES: readonly Urgency[] = ["known-exploited", "critical", "high", "normal"];
const UPDATES = CHANGES.flatMap((change) => URGENCIES.map((urgency) => ({ change, urgency })));

const KEYS = Object.keys(policyOf(configOf("version: 1\n"))(NODE).origins).concat("tags", "group") as DecisionKey[];

function configOf(repository: string, organisation = "version: 1\n"): Config {
  const about = { name: "acme/shop", properties: { tier: "pci" } };
  const files = {
    repository: { path: "r.yml", text: repository },
    organisation: { path: "org.yml", text: organisation },
  };
  return loadConfig(files, about).config;
}

function linesOf(config: Config, subject = NODE): readonly string[] {
  return explain(config, subject).map(({ key, value, origin, over, when }) => {
    const before = over === undefined ? "" : `, over ${over.value} (${formatOrigin(over.origin)})`;
    const only = when === undefined ? "" : ` for ${formatCondition(when)}`;
    return `${key} = ${value} (${formatOrigin(origin)})${before}${only}`;
  });
}

describe("explain", () => {
  it("names who decided each key, first what is decided for some updates only", () => {
    const config = configOf(
      `version: 1
rules:
  - match: { urgency: known-exploited }
    minAge: 0d
  - match: { change: [minor, major] }
    merge: never
  - match: { image: docker.io/library/node, path: "services/*/**" }
    allow: [digest]
    tags: "22*"
    group: "services/*"
  - merge: auto
`,
      "version: 1\nrules:\n  - gate: { failOn: critical }\n    minAge: 90m\n    allow: [major]\n",
    );
    expect(linesOf(config)).toEqual([
      "mode = observe (default)",
      "allow = digest (r.yml:8)",
      "tags = 22* (r.yml:9)",
      "minAge = 0d (r.yml:4) for urgency known-exploited",
      "minAge = 90m (org.yml:4)",
      "merge = never (r.yml:6) for change minor, major",
      "merge = auto (r.yml:11)",
      "pin = digest (default)",
      "signature = prefer (default)",
      "gate.failOn = critical (org.yml:3)",
      "group = services/* (r.yml:10)",
      "reviewers = none (default)",
      "windows.propose = always (default)",
      "windows.merge = always (default)",
      "windows.deploy = always (default)",
    ]);
  });

  it("shows the floor that decided, and the rule that it overrode", () => {
    const config = configOf(
      "version: 1\nrules:\n  - match: { change: major }\n    merge: auto\n  - merge: never\n    minAge: 7d\n",
      `version: 1
require:
  - merge: approval
    minAge: 3d
  - match: { image: "ghcr.io/**" }
    merge: never
  - match: { path: "services/**" }
    allow: [digest]
    windows: { merge: Mon-Fri 06:00-18:00 Europe/Brussels }
`,
    );
    expect(linesOf(config).filter((line) => /^(allow|minAge|merge|windows.merge) /.test(line))).toEqual([
      "allow = digest (org.yml:8), over digest, patch (default)",
      "minAge = 7d (r.yml:6)",
      "merge = approval (org.yml:3), over auto (r.yml:4) for change major",
      "merge = never (r.yml:5)",
      "windows.merge = Mon-Fri 06:00-18:00 Europe/Brussels (org.yml:9), over always (default)",
    ]);
  });

  it("says that a path is ignored", () => {
    const rows = explain(configOf('version: 1\nignore: ["test/**"]\n'), { ...NODE, path: "test/Dockerfile" });
    expect(rows).toContainEqual({ key: "ignore", value: "yes", origin: { path: "r.yml", line: 2 } });
  });

  it.each<[title: string, rules: string, key: string, lines: readonly string[]]>([
    [
      "a rule about updates that are not urgent, as most are",
      "[{ match: { urgency: normal }, allow: [] }]",
      "allow",
      ["allow = none (r.yml:2) for urgency normal", "allow = digest, patch (default)"],
    ],
    [
      "a rule about a class and an urgency",
      "[{ match: { change: major, urgency: critical }, merge: never }]",
      "merge",
      ["merge = never (r.yml:2) for change major and urgency critical", "merge = approval (default)"],
    ],
    [
      "rules that overlap, each once and no narrower than it was written",
      "[{ match: { change: major }, merge: never }, { match: { urgency: critical }, merge: auto }]",
      "merge",
      [
        "merge = never (r.yml:2) for change major",
        "merge = auto (r.yml:2) for urgency critical",
        "merge = approval (default)",
      ],
    ],
    [
      "only what is left of a rule that others come before",
      "[{ match: { change: major }, merge: never }, { match: { change: [major, os] }, merge: auto }]",
      "merge",
      [
        "merge = never (r.yml:2) for change major",
        "merge = auto (r.yml:2) for change os",
        "merge = approval (default)",
      ],
    ],
    [
      "no rule that others leave nothing to decide",
      "[{ merge: never }, { match: { change: major }, merge: auto }]",
      "merge",
      ["merge = never (r.yml:2)"],
    ],
    [
      "a key without a default, for what decides it only",
      '[{ match: { change: major }, tags: "22*" }]',
      "tags",
      ["tags = 22* (r.yml:2) for change major"],
    ],
  ])("has %s", (_, rules, key, lines) => {
    const config = configOf(`version: 1\nrules: ${rules}\n`);
    expect(linesOf(config).filter((line) => line.startsWith(`${key} `))).toEqual(lines);
  });

  it("says for every update and under every floor what policy decides, in one line for each rule that decides anything", () => {
    fc.assert(
      fc.property(RULES, RULES, FLOOR, (repository, organisation, require) => {
        // YAML takes JSON; over several lines, so that every key has an origin of its own.
        const text = (file: object) => JSON.stringify({ version: 1, ...file }, null, 1);
        const config = configOf(text({ rules: repository }), text({ rules: organisation, require }));
        expect(config.rules).toHaveLength(repository.length + organisation.length);
        const rows = explain(config, NODE).filter(({ key }) => key !== "mode");
        const used = new Set<Explained>();
        const deciding = new Set<string>();
        for (const one of UPDATES) {
          const policy = policyOf(config)({ ...NODE, ...one });
          for (const [key, value] of valuesOf(policy)) {
            const row = rows.find((it) => it.key === key && isFor(it.when, one));
            const origin = policy.origins[key];
            const over = overruledText(policy, key);
            const said = { ...one, key, value: row?.value, origin: row?.origin, over: row?.over };
            expect(said).toEqual({ ...one, key, value, origin, over });
            if (row !== undefined) used.add(row);
            const rule = over?.origin ?? origin;
            if (rule !== undefined) deciding.add(`${key} ${formatOrigin(rule)}`);
          }
        }
        expect(used.size).toBe(rows.length);
        expect(rows).toHaveLength(deciding.size);
      }),
    );
  });
});

function isFor({ change, urgency }: Condition = {}, one: (typeof UPDATES)[number]): boolean {
  return change?.includes(one.change) !== false && urgency?.includes(one.urgency) !== false;
}

/** Every key of a policy with its value as it is shown; absent where nobody decided it. */
function valuesOf(policy: Policy): readonly (readonly [DecisionKey, string | undefined])[] {
  return KEYS.map((key) => {
    const value = decisionOf(policy, key);
    return [key, value === undefined ? undefined : formatDecision(key, value)];
  });
}

const match = fc.record(
  {
    image: fc.constantFrom("docker.io/library/node", "**", "quay.io/**"),
    path: fc.constantFrom("services/**", "test/**"),
    change: fc.subarray([...CHANGES], { minLength: 1 }),
    urgency: fc.oneof(fc.constantFrom(...URGENCIES), fc.subarray([...URGENCIES], { minLength: 1 })),
  },
  { requiredKeys: [] },
);
const rule = fc.record(
  {
    match,
    allow: fc.subarray([...CHANGES]),
    tags: fc.constantFrom("1*", "2*"),
    minAge: fc.constantFrom("0d", "1d", "7d"),
    merge: fc.constantFrom("auto", "never"),
    pin: fc.constantFrom("tag", "digest"),
    signature: fc.constantFrom("require", "ignore"),
    gate: fc.constantFrom({ failOn: "low" }, {}),
    group: fc.constant("services/*"),
    reviewers: fc.subarray(["@a", "@b"]),
    windows: fc.constantFrom({ propose: "always" }, { merge: "Mon 06:00-18:00 UTC" }),
  },
  { requiredKeys: [] },
);
const requirement = fc.record(
  {
    match: fc.record(
      {
        image: fc.constantFrom("docker.io/**", "quay.io/**"),
        repository: fc.constantFrom("acme/*", "other/*"),
        property: fc.constantFrom({ tier: "pci" }, { tier: "web" }),
      },
      { requiredKeys: [] },
    ),
    allow: fc.subarray([...CHANGES]),
    minAge: fc.constantFrom("1d", "30d"),
    merge: fc.constantFrom("approval", "never"),
    gate: fc.constantFrom({ failOn: "low" }, {}),
    windows: fc.constantFrom({ deploy: "Mon 06:00-18:00 UTC" }, { merge: "Tue 06:00-18:00 UTC" }),
  },
  { requiredKeys: [] },
);
const RULES = fc.array(rule, { maxLength: 5 });
const FLOOR = fc.array(requirement, { maxLength: 3 });
