import { describe, expect, it } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { buildOf, ignoredBy, policyOf } from "../../src/config/merge.ts";
import type { PolicySubject } from "../../src/core/policy/policy.ts";

const REPOSITORY = `version: 1
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
ignore: ["test/**"]
builds:
  - { path: "api/**", workflow: api.yml, image: "ghcr.io/acme/api:{sha}" }
  - { path: "**", workflow: all.yml, image: "ghcr.io/acme/all:{sha}" }
`;
const ORGANISATION = `version: 1
rules:
  - match: { image: "**/node" }
    merge: approval
    allow: [digest, patch, minor]
  - gate: { failOn: critical }
    minAge: 90m
`;
const { config } = loadConfig({
  repository: { path: "r.yml", text: REPOSITORY },
  organisation: { path: "org.yml", text: ORGANISATION },
});
const ALWAYS = { propose: [], merge: [], deploy: [] };
const WINDOWS = ["windows.propose", "windows.merge", "windows.deploy"];
const NODE: PolicySubject = { image: "docker.io/library/node", path: "services/api/Dockerfile" };

describe("policyOf", () => {
  it("is Oakum's defaults where no rule decides", () => {
    expect(policyOf({ rules: [], floor: [] })(NODE)).toEqual({
      allow: ["digest", "patch"],
      minAge: 259_200,
      merge: "approval",
      pin: "digest",
      signature: "prefer",
      gate: { failOn: "high" },
      reviewers: [],
      windows: ALWAYS,
      origins: Object.fromEntries(
        ["allow", "minAge", "merge", "pin", "signature", "gate.failOn", "reviewers", ...WINDOWS].map((key) => [
          key,
          "default",
        ]),
      ),
    });
  });

  it("takes each key from the first rule that matches and sets it, the organisation's last", () => {
    expect(policyOf(config)(NODE)).toEqual({
      allow: ["digest"],
      tags: "22*",
      minAge: 5400,
      merge: "auto",
      pin: "digest",
      signature: "prefer",
      gate: { failOn: "critical" },
      group: "services/*",
      reviewers: [],
      windows: ALWAYS,
      origins: {
        allow: { path: "r.yml", line: 8 },
        tags: { path: "r.yml", line: 9 },
        group: { path: "r.yml", line: 10 },
        merge: { path: "r.yml", line: 11 },
        "gate.failOn": { path: "org.yml", line: 6 },
        minAge: { path: "org.yml", line: 7 },
        pin: "default",
        signature: "default",
        reviewers: "default",
        ...Object.fromEntries(WINDOWS.map((key) => [key, "default"])),
      },
    });
  });

  it("lets a rule be about kinds of file, where the kind is known", () => {
    const text =
      "version: 1\nrules:\n  - { match: { kind: [compose, helm] }, allow: [minor] }\n  - { allow: [digest] }\n";
    const decide = policyOf(loadConfig({ repository: { path: "oakum.yml", text } }).config);
    expect(decide({ ...NODE, kind: "helm" }).allow).toEqual(["minor"]);
    expect(decide({ ...NODE, kind: "dockerfile" }).allow).toEqual(["digest"]);
    expect(decide(NODE).allow).toEqual(["digest"]);
    const wrong = loadConfig({ repository: { path: "oakum.yml", text: text.replace("compose", "docker-compose") } });
    expect(wrong.problems).toMatchObject([
      { line: 3, sentence: expect.stringContaining("write a kind of file: dockerfile, compose,") },
    ]);
  });

  it.each<[title: string, subject: PolicySubject, expected: object]>([
    [
      "another path: the organisation's rule about node",
      { ...NODE, path: "Dockerfile" },
      { allow: ["digest", "patch", "minor"] },
    ],
    ["another image: the default", { ...NODE, image: "quay.io/a/b" }, { allow: ["digest", "patch"] }],
    ["a change that is listed", { ...NODE, change: "major" }, { merge: "never" }],
    ["a change that is not listed", { ...NODE, change: "digest" }, { merge: "auto" }],
    ["an urgency that is listed", { ...NODE, urgency: "known-exploited" }, { minAge: 0 }],
    ["an urgency that is not listed", { ...NODE, urgency: "high" }, { minAge: 5400 }],
  ])("%s", (_, subject, expected) => {
    expect(policyOf(config)(subject)).toMatchObject(expected);
  });
});

describe("the cost of a plan", () => {
  it("is one look of each glob at each path, however many uses are asked about", () => {
    const rules = Array.from({ length: 100 }, (_, at) => `  - { match: { path: "**/*${at}*" }, minAge: 1d }\n`);
    const ignore = Array.from({ length: 100 }, (_, at) => `  - "**/*${at}*"\n`);
    const text = `version: 1\nrules:\n${rules.join("")}ignore:\n${ignore.join("")}`;
    const costly = loadConfig({ repository: { path: "oakum.yml", text } });
    expect(costly.problems).toEqual([]);
    let looks = 0;
    // A glob looks at a path part by part.
    const path = Object.assign(new String("a/Dockerfile"), {
      split: (separator: string) => {
        looks += 1;
        return "a/Dockerfile".split(separator);
      },
    }) as unknown as string;
    const decide = policyOf(costly.config);
    const ignored = ignoredBy(costly.config);
    for (let use = 0; use < 1000; use += 1) {
      decide({ image: `docker.io/library/i${use}`, path, change: "digest" });
      ignored(path);
    }
    expect(looks).toBe(200);
  });
});

describe("paths", () => {
  it("says whether a path is ignored", () => {
    expect(ignoredBy(config)("test/a/Dockerfile")).toBe(true);
    expect(ignoredBy(config)("src/Dockerfile")).toBe(false);
  });

  it("finds the first build for a path", () => {
    expect(buildOf(config, "api/Dockerfile")?.workflow).toBe("api.yml");
    expect(buildOf(config, "Dockerfile")?.workflow).toBe("all.yml");
    expect(buildOf({ builds: [] }, "Dockerfile")).toBeUndefined();
  });
});
