import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { describeProblem, hasErrors } from "../../src/config/problem.ts";
import type { Properties } from "../../src/core/repository.ts";

const WHOLE = readFileSync(new URL("../fixtures/config/whole.yml", import.meta.url), "utf8");

function problemsOf(text: string, from: "repository" | "organisation" = "repository"): readonly string[] {
  return loadConfig({ [from]: { path: "o.yml", text } }).problems.map(
    (problem) => `${problem.level} ${describeProblem(problem)}`,
  );
}

describe("loadConfig", () => {
  it("observes when nothing is configured", () => {
    const { config, problems } = loadConfig({});
    expect(problems).toEqual([]);
    expect(config).toEqual({
      mode: "observe",
      branches: [],
      branchesOrigin: "default",
      modeOrigin: "default",
      rules: [],
      floor: [],
      ignore: [],
      builds: [],
      deploy: [],
      due: {},
      limits: { open: 3, perHour: 2 },
      commit: { prefix: "", labels: [] },
      notify: [],
    });
  });

  it("reads every key, and names each that is not acted on yet at its place", () => {
    expect(problemsOf(WHOLE)).toEqual([
      'warning o.yml:30:10: notify: "slack:#platform" is not yet supported: it has no effect',
    ]);
  });

  it("reads what is supported", () => {
    const { config, problems } = loadConfig({ repository: { path: "o.yml", text: WHOLE } });
    expect(hasErrors(problems)).toBe(false);
    expect(config).toMatchObject({
      mode: "propose",
      modeOrigin: { path: "o.yml", line: 2 },
      ignore: [{ glob: "test/fixtures/**", origin: { path: "o.yml", line: 20 } }],
      builds: [{ path: "**", workflow: "build.yml", image: "ghcr.io/acme/payments:sha-{sha}" }],
      deploy: [
        { environment: "staging", soak: 0 },
        { environment: "production", after: "staging", soak: 7200 },
      ],
      limits: { open: 3, perHour: 2 },
      commit: { prefix: "fix(deps): ", labels: ["security"] },
      notify: ["ops"],
    });
  });

  it("lets the repository decide over the organisation, key by key, and adds up what is ignored", () => {
    const { config } = loadConfig({
      repository: { path: "r.yml", text: "version: 1\nlimits: { open: 1 }\nignore: [a]\n" },
      organisation: {
        path: "org.yml",
        text: "version: 1\nmode: propose\nlimits: { open: 9, perHour: 7 }\nignore: [b]\n",
      },
    });
    expect(config).toMatchObject({
      mode: "propose",
      modeOrigin: { path: "org.yml", line: 2 },
      limits: { open: 1, perHour: 7 },
    });
    expect(config.ignore.map(({ glob }) => glob)).toEqual(["a", "b"]);
  });

  it("observes while there is an error, whichever file it is in", () => {
    const repository = { path: "r.yml", text: "version: 1\nmode: propose\n" };
    const { config, problems } = loadConfig({ repository, organisation: { path: "org.yml", text: "version: 2\n" } });
    expect(problems.map(describeProblem)).toEqual(["org.yml:1:10: 2 is not 1"]);
    expect(config.mode).toBe("observe");
  });

  it("never throws, and never proposes by a file it cannot read", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        const { config, problems } = loadConfig({ repository: { path: "o.yml", text } });
        expect(config.mode).toBe("observe");
        for (const { line, column } of problems) expect(Math.min(line, column)).toBeGreaterThan(0);
      }),
    );
  });
});

const ERRORS: readonly [title: string, text: string, problems: readonly string[]][] = [
  ["an unknown key", "version: 1\nmoed: propose\n", ['2:1: unknown key "moed"; did you mean "mode"?']],
  ["an unknown key far from any", "version: 1\nzzz: 1\n", ['2:1: unknown key "zzz"']],
  [
    "an unknown key of a rule",
    "version: 1\nrules:\n  - merg: auto\n",
    ['3:5: unknown key "merg"; did you mean "merge"?'],
  ],
  [
    "an unknown key of a match",
    "version: 1\nrules:\n  - match: { imgae: a }\n",
    ['3:14: unknown key "imgae"; did you mean "image"?'],
  ],
  [
    "a bad value",
    "version: 1\nmode: porpose\n",
    ['2:7: "porpose" is not one of observe, propose; did you mean "propose"?'],
  ],
  [
    "a bad item",
    "version: 1\nrules:\n  - allow: [digest, ptach]\n",
    ['3:21: "ptach" is not one of pin, digest, patch, minor, major, os; did you mean "patch"?'],
  ],
  [
    "a bad item where one may stand alone",
    "version: 1\nrules:\n  - match: { change: [minro] }\n",
    ['3:23: "minro" is not one of pin, digest, patch, minor, major, os; did you mean "minor"?'],
  ],
  [
    "a bad value that may be a list",
    "version: 1\nrules:\n  - match: { urgency: hgih }\n",
    ['3:23: "hgih" is not one of known-exploited, critical, high, normal; did you mean "high"?'],
  ],
  [
    "a number for a duration",
    "version: 1\nrules:\n  - minAge: 3\n",
    ['3:13: write a duration as a number and s, m, h or d, such as "3d" or "30m", of at most 366 days'],
  ],
  [
    "a duration above a year",
    "version: 1\nrules:\n  - minAge: 367d\n",
    ['3:13: write a duration as a number and s, m, h or d, such as "3d" or "30m", of at most 366 days'],
  ],
  ["the wrong shape", "version: 1\nrules: { merge: auto }\n", ["2:8: must be a list, not a mapping of keys"]],
  ["no value", "version: 1\nlimits:\n", ["2:8: must be a mapping of keys, not empty"]],
  ["no version", "mode: observe\n", ['1:1: the key "version" is missing']],
  ["another version", "version: 2\n", ["1:10: 2 is not 1"]],
  ["a missing key of an item", "version: 1\ndeploy:\n  - soak: 2h\n", ['3:5: the key "environment" is missing']],
  [
    "limits out of range",
    "version: 1\nlimits: { open: -1, perHour: 1.5 }\n",
    ["2:17: must be at least 0", "2:30: must be a whole number, not a number"],
  ],
  [
    "an image without its registry",
    "version: 1\nrules:\n  - match: { image: node }\n",
    ["3:21: write the whole name with its registry, such as docker.io/library/node, or **/node"],
  ],
  [
    "a glob of another dialect",
    'version: 1\nignore: ["{a,b}/**"]\n',
    ["2:10: write a glob of *, ** and ?; braces, brackets, ! and \\ are not known"],
  ],
  [
    "a workflow elsewhere",
    'version: 1\nbuilds: [{ path: "**", workflow: ../x.yml, image: "g.io/a:{sha}" }]\n',
    ["2:34: write the name of a file below .github/workflows, such as build.yml"],
  ],
  [
    "a template without the commit",
    'version: 1\nbuilds: [{ path: "**", workflow: x.yml, image: "g.io/a:latest" }]\n',
    ["2:48: write a registry, a repository and a tag that holds {sha}, such as ghcr.io/acme/payments:sha-{sha}"],
  ],
  [
    "stages in a circle",
    "version: 1\ndeploy:\n  - { environment: a, after: b }\n  - { environment: b, after: a }\n",
    ["3:30: name an environment that is listed above"],
  ],
  [
    "a stage twice",
    "version: 1\ndeploy:\n  - { environment: a }\n  - { environment: a }\n",
    ["4:20: this environment is listed already"],
  ],
  [
    "a window without a time zone",
    "version: 1\nwindows: { merge: Mon-Fri 06:00-18:00 }\n",
    ['2:19: write always, or days, hours and a time zone, such as "Mon-Fri 06:00-18:00 Europe/Brussels"'],
  ],
  [
    "a time zone that there is not",
    "version: 1\nrules: [{ windows: { deploy: { allow: [Mon 06:00-18:00 Europe/Paradise] } } }]\n",
    ["2:40: the time zone is not one of the IANA database"],
  ],
  [
    "a freeze that ends before it begins",
    "version: 1\nwindows: { merge: { deny: [2026-12-20/2026-12-19] } }\n",
    [
      "2:28: write the first and the last day, and a time zone if it is not UTC, " +
        'such as "2026-12-20/2027-01-03 Europe/Brussels"',
    ],
  ],
  [
    "a window that never opens",
    "version: 1\nwindows: { merge: { allow: [] } }\n",
    ["2:28: must be at least 1 entries long"],
  ],
  ["the organisation's key in a repository", "version: 1\nrequire: []\n", ['2:1: unknown key "require"']],
  ["a duplicate key", "version: 1\nmode: observe\nmode: propose\n", ["3:1: this key stands here already"]],
  ["an alias", "version: 1\nignore: &a [x]\nnotify: *a\n", ["3:9: aliases are not read here: write the value out"]],
  ["a prototype", "version: 1\n__proto__: { mode: propose }\n", ["2:1: this key is not allowed"]],
  ["a key that is no text", "version: 1\n1: x\n", ["2:1: a key must be text: put it in quotes"]],
  [
    "a tag",
    "version: 1\nmode: !!js/function propose\n",
    ["2:7: not valid YAML: Unresolved tag: tag:yaml.org,2002:js/function"],
  ],
  ["two documents", "version: 1\n---\nversion: 1\n", ["2:1: the file holds more than one document"]],
  ["a tab", "version: 1\nrules:\n\t- merge: auto\n", ["3:1: not valid YAML: Tabs are not allowed as indentation"]],
  ["no mapping", "just text\n", ["1:1: must be a mapping of keys, not text"]],
  [
    "line ends of Windows and a byte order mark",
    "\uFEFFversion: 1\r\nmoed: x\r\n",
    ['2:1: unknown key "moed"; did you mean "mode"?'],
  ],
];

describe("an error is shown at its line and column", () => {
  it.each(ERRORS)("%s", (_, text, expected) => {
    expect(problemsOf(text)).toEqual(expected.map((problem) => `error o.yml:${problem}`));
  });

  it.each<[title: string, text: string, problems: number]>([
    ["unknown keys", `version: 1\n${Array.from({ length: 5000 }, (_, index) => `k${index}: 1\n`).join("")}`, 50],
    ["unknown keys of many rules", `version: 1\nrules:\n${"  - { x: 1, y: 2 }\n".repeat(500)}`, 50],
    ["duplicate keys", "a: 1\n".repeat(5000), 50],
    ["items", `version: 1\nignore: [${"a,".repeat(5000)}]`, 1],
  ])("tells no more than a person reads of too many %s", (_, text, problems) => {
    expect(problemsOf(text)).toHaveLength(problems);
  });

  it("bounds size and depth", () => {
    expect(problemsOf(`a: "${"x".repeat(300_000)}"`)).toEqual(["error o.yml:1:1: the file is larger than 64 KiB"]);
    expect(problemsOf("[".repeat(60_000))[0]).toMatch("the file is nested too deeply");
    expect(problemsOf(`version: ${"[".repeat(20)}${"]".repeat(20)}`)[0]).toMatch("the file is nested too deeply");
  });
});

it("takes branches from the repository's own file, else from the organisation's, with the line", () => {
  const own = { path: "o.yml", text: 'version: 1\nmode: propose\nbranches: ["release/*"]\n' };
  const organisation = { path: "a.yml", text: "version: 1\nbranches: [next]\n" };
  const branchesOf = (files: Parameters<typeof loadConfig>[0]) => {
    const { branches, branchesOrigin } = loadConfig(files).config;
    return { branches, branchesOrigin };
  };
  const written = { branches: ["release/*"], branchesOrigin: { path: "o.yml", line: 3 } };
  expect(branchesOf({ repository: own, organisation })).toEqual(written);
  const inherited = { branches: ["next"], branchesOrigin: { path: "a.yml", line: 2 } };
  expect(branchesOf({ organisation })).toEqual(inherited);
  expect(branchesOf({})).toEqual({ branches: [], branchesOrigin: "default" });
});

describe("what is not yet supported", () => {
  it.each([
    ["rules: [{ signature: require }]", "2:11"],
    ["require: [{ signature: require }]", "2:13"],
  ])("%s holds everything", (line, place) => {
    expect(problemsOf(`version: 1\n${line}\n`, "organisation")).toEqual([
      `error o.yml:${place}: signature: "require" is not yet supported: nothing is proposed while it stands here`,
    ]);
  });
});

describe("windows and due times", () => {
  const office = { firstDay: 0, lastDay: 4, from: 360, to: 1080, zone: "Europe/Brussels" };

  it.each<[text: string, windows: object]>([
    ["always", []],
    ["Mon-Fri 06:00-18:00 Europe/Brussels", [{ allow: [office] }]],
    ["{ allow: [Mon-Fri 06:00-18:00 Europe/Brussels] }", [{ allow: [office] }]],
    ["{ deny: [2026-12-20/2027-01-03] }", [{ deny: [{ first: "2026-12-20", last: "2027-01-03", zone: "UTC" }] }]],
    ["{}", []],
  ])("reads the window %s, at the top and in a rule alike", (text, windows) => {
    for (const at of [`windows: { merge: ${text} }`, `rules: [{ windows: { merge: ${text} } }]`]) {
      const { config, problems } = loadConfig({ repository: { path: "o.yml", text: `version: 1\n${at}\n` } });
      expect(problems).toEqual([]);
      expect(config.rules[0]?.decisions["windows.merge"]).toEqual(windows);
      expect(config.rules[0]?.originOf("windows.merge")).toEqual({ path: "o.yml", line: 2 });
    }
  });

  it("puts what a file says of windows outside its rules behind them, and before the organisation's", () => {
    const { config } = loadConfig({
      repository: { path: "r.yml", text: "version: 1\nwindows: { merge: always }\nrules: [{ merge: auto }]\n" },
      organisation: { path: "org.yml", text: "version: 1\nrules: [{ windows: { merge: always } }]\n" },
    });
    const places = config.rules.map(({ originOf }) => [originOf("merge"), originOf("windows.merge")]);
    expect(places.map(([, windows]) => windows)).toEqual([
      { path: "r.yml", line: 3 },
      { path: "r.yml", line: 2 },
      { path: "org.yml", line: 2 },
    ]);
  });

  it("takes each due time from the first file that sets it", () => {
    const { config } = loadConfig({
      repository: { path: "r.yml", text: "version: 1\ndue: { critical: 7d }\n" },
      organisation: { path: "org.yml", text: "version: 1\ndue:\n  critical: 1d\n  high: 30d\n" },
    });
    expect(config.due).toEqual({
      critical: { seconds: 604_800, origin: { path: "r.yml", line: 2 } },
      high: { seconds: 2_592_000, origin: { path: "org.yml", line: 4 } },
    });
  });
});

describe("custom properties", () => {
  const rules = "version: 1\nrules: [{ match: { property: { tier: [pci, sox], audited: true } }, merge: never }]\n";
  const floor = rules.replace("rules", "require");

  it.each<[what: string, properties: Properties | undefined, rule: boolean, floor: boolean]>([
    ["all of them", { tier: "pci", audited: "true" }, true, true],
    ["one of several values that the repository has", { tier: ["web", "sox"], audited: "true" }, true, true],
    ["another value", { tier: "web", audited: "true" }, false, false],
    ["one only", { tier: "pci" }, false, false],
    ["none", {}, false, false],
    ["none that anybody knows", undefined, false, true],
  ])("of a repository with %s", (_, properties, rule, isUnder) => {
    const about = { ...(properties && { properties }) };
    const read = (text: string) => loadConfig({ organisation: { path: "org.yml", text } }, about);
    expect(read(rules).problems).toEqual([]);
    expect(read(rules).config.rules).toHaveLength(Number(rule));
    expect(read(floor).config.floor).toHaveLength(Number(isUnder));
  });
});
