import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadConfig } from "../../../src/config/load.ts";
import { policyOf } from "../../../src/config/merge.ts";
import { migrateRenovate } from "../../../src/config/migrate/renovate.ts";
import { hoursOf } from "../../../src/config/migrate/schedule.ts";
import { imageGlobOf, minAgeOf, tagsOf } from "../../../src/config/migrate/values.ts";
import type { ChangeClass } from "../../../src/core/policy/policy.ts";
import type { Kind } from "../../../src/core/use/kind.ts";

const FIXTURES = new URL("../../fixtures/migrate/renovate/", import.meta.url).pathname;

function load(text: string) {
  return loadConfig({ organisation: { path: "oakum.yml", text } });
}

// A new case is a new folder: `renovate.json`, and what is to become of it. UPDATE=1 writes that anew, to be read by a person.
describe.each(readdirSync(FIXTURES))("%s", (name) => {
  const file = (path: string) => join(FIXTURES, name, path);
  const migrated = migrateRenovate(JSON.parse(readFileSync(file("renovate.json"), "utf8")));
  const left = `${migrated.left.map(({ path, why }) => `${path}: ${why}`).join("\n")}\n`;
  if (process.env.UPDATE === "1" || !existsSync(file("left.txt"))) {
    writeFileSync(file("oakum.yml"), migrated.text);
    writeFileSync(file("left.txt"), left);
  }

  it("becomes this", () => {
    expect(migrated.text).toBe(readFileSync(file("oakum.yml"), "utf8"));
    expect(left).toBe(readFileSync(file("left.txt"), "utf8"));
  });

  it("is in order by our own schema", () => {
    expect(load(migrated.text).problems).toEqual([]);
  });
});

it("decides as Renovate does: the last of its rules that matches", () => {
  const { text } = migrateRenovate(JSON.parse(readFileSync(join(FIXTURES, "fleet/renovate.json"), "utf8")));
  const { config } = load(text);
  const decide = policyOf(config);
  const of = (image: string, change: ChangeClass, path = "Dockerfile", kind: Kind = "dockerfile") =>
    decide({ image, path, kind, change });
  expect(config.mode).toBe("propose");
  expect(of("docker.io/library/alpine", "digest")).toMatchObject({ merge: "auto", minAge: 3 * 86_400, pin: "digest" });
  expect(of("docker.io/library/alpine", "minor")).toMatchObject({ merge: "approval" });
  expect(of("docker.io/library/alpine", "major").allow).toEqual([]);
  expect(of("docker.io/library/node", "patch")).toMatchObject({ tags: "22*", reviewers: ["@alice", "@acme/node"] });
  expect(of("ghcr.io/acme/base", "minor")).toMatchObject({ minAge: 0 });
  expect(of("docker.io/library/alpine", "minor", "legacy/a/Dockerfile").allow).toEqual([]);
  expect(of("docker.io/library/postgres", "minor").allow).toContain("minor");
  expect(of("docker.io/library/postgres", "minor", "legacy/values.yaml", "helm")).toMatchObject({ pin: "tag" });
  expect(of("docker.io/library/postgres", "minor", "legacy/values.yaml", "helm").allow).toContain("minor");
  expect(of("docker.io/library/postgres", "patch", "kustomization.yaml", "kustomize").allow).toEqual([]);
});

it("looks and proposes nothing where Renovate does not look after Dockerfiles", () => {
  expect(load(migrateRenovate({ enabledManagers: ["npm"] }).text).config.mode).toBe("observe");
  expect(load(migrateRenovate({ enabled: false }).text).config.mode).toBe("observe");
  expect(load(migrateRenovate({}).text).config.mode).toBe("propose");
});

it("makes a file in order of anything, and never throws", () => {
  const keys = [
    "packageRules",
    "schedule",
    "labels",
    "minimumReleaseAge",
    "reviewers",
    "ignorePaths",
    "prHourlyLimit",
    "matchPackageNames",
    "allowedVersions",
    "commitMessagePrefix",
    "timezone",
    "automerge",
    "matchFileNames",
    "digest",
  ];
  const anything = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.string({ unit: "binary" }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), tie("value"), { maxKeys: 4 }),
    ),
  })).value;
  fc.assert(
    fc.property(
      fc.dictionary(fc.oneof(fc.constantFrom(...keys), fc.string()), anything, { maxKeys: 6 }),
      (resolved) => {
        expect(load(migrateRenovate(resolved).text).problems).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
});

it.each([
  ["at any time", []],
  ["before 6am on monday", ["Mon 00:00-06:00 UTC"]],
  ["after 10pm and before 5am every weekday", ["Mon-Fri 22:00-24:00 UTC", "Mon-Fri 00:00-05:00 UTC"]],
  ["every weekend", ["Sat-Sun 00:00-24:00 UTC"]],
  ["after 9:00pm on friday and saturday", ["Fri 21:00-24:00 UTC", "Sat 21:00-24:00 UTC"]],
  ["* 0-3 * * 1-5", ["Mon-Fri 00:00-04:00 UTC"]],
  ["* * * * 0,6", ["Sun 00:00-24:00 UTC", "Sat 00:00-24:00 UTC"]],
  ["on the first day of the month", undefined],
  ["0 3 * * *", undefined],
])("reads the schedule %s as %j", (schedule, hours) => {
  expect(hoursOf(schedule, "UTC")).toEqual(hours);
});

it.each([
  ["3 days", "3d"],
  ["1 week", "7d"],
  ["12 hours", "12h"],
  ["2 years", undefined],
  ["soon", undefined],
])("reads the age %s as %s", (text, age) => expect(minAgeOf(text)).toBe(age));

it.each([
  ["node", "docker.io/library/node"],
  ["bitnami/redis", "docker.io/bitnami/redis"],
  ["ghcr.io/acme/**", "ghcr.io/acme/**"],
  ["localhost:5000/x", "localhost:5000/x"],
  ["*", "**"],
  ["/^node/", undefined],
  ["!node", undefined],
])("reads the image %s as %s", (name, glob) => expect(imageGlobOf(name)).toBe(glob));

it.each([
  ["22.x", "22*"],
  ["/^22/", "22*"],
  ["/^22\\./", "22.*"],
  ["<23", undefined],
])("reads the versions %s as %s", (allowed, tags) => expect(tagsOf(allowed)).toBe(tags));
