import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { loadConfig } from "../../../src/config/load.ts";
import { policyOf } from "../../../src/config/merge.ts";
import { migrateDependabot } from "../../../src/config/migrate/dependabot.ts";
import type { ChangeClass } from "../../../src/core/policy/policy.ts";

const FIXTURES = new URL("../../fixtures/migrate/dependabot/", import.meta.url).pathname;

function load(text: string) {
  return loadConfig({ organisation: { path: "oakum.yml", text } });
}

// A new case is a new folder: `dependabot.yml`, and what is to become of it. UPDATE=1 writes that anew, to be read by a person.
describe.each(readdirSync(FIXTURES))("%s", (name) => {
  const file = (path: string) => join(FIXTURES, name, path);
  const migrated = migrateDependabot(parse(readFileSync(file("dependabot.yml"), "utf8")));
  const left = migrated.left.map(({ path, why }) => `${path}: ${why}\n`).join("");
  if (process.env.UPDATE === "1" || !existsSync(file("left.txt"))) {
    writeFileSync(file("oakum.yml"), migrated.text);
    writeFileSync(file("left.txt"), left);
  }

  it("becomes this, in order by our own schema", () => {
    expect(migrated.text).toBe(readFileSync(file("oakum.yml"), "utf8"));
    expect(left).toBe(readFileSync(file("left.txt"), "utf8"));
    expect(load(migrated.text).problems).toEqual([]);
  });
});

it("decides as Dependabot does: by directory and ecosystem, and nothing elsewhere", () => {
  const { text } = migrateDependabot(parse(readFileSync(join(FIXTURES, "fleet/dependabot.yml"), "utf8")));
  const decide = policyOf(load(text).config);
  const of = (image: string, change: ChangeClass, path: string, kind = "dockerfile") =>
    decide({ image: `docker.io/${image}`, path, kind, change });
  expect(of("library/alpine", "minor", "services/a/Dockerfile")).toMatchObject({ merge: "never", minAge: 5 * 86_400 });
  expect(of("library/alpine", "minor", "services/a/Dockerfile").allow).toContain("minor");
  expect(of("library/alpine", "major", "services/a/Dockerfile").minAge).toBe(30 * 86_400);
  expect(of("library/node", "major", "Dockerfile").allow).toEqual([]);
  expect(of("library/node", "minor", "Dockerfile").allow).toContain("minor");
  expect(of("bitnami/redis", "digest", "Dockerfile").allow).toEqual([]);
  expect(of("library/alpine", "minor", "services/a/b/Dockerfile").allow).toEqual([]);
  expect(of("library/alpine", "minor", "compose.yml", "compose").allow).toEqual([]);
  expect(of("library/redis", "minor", "deploy/compose.yml", "compose").allow).toContain("minor");
  expect(of("library/alpine", "minor", "deploy/compose.yml", "compose").allow).toEqual([]);
  expect(of("library/alpine", "minor", "charts/values.yaml", "helm").allow).toEqual([]);
});

it("makes a file in order of anything, and never throws", () => {
  const keys = [
    ...["updates", "package-ecosystem", "directory", "directories", "schedule", "interval", "ignore", "allow"],
    ...["cooldown", "default-days", "commit-message", "prefix", "labels", "exclude-paths", "dependency-name"],
  ];
  const anything = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom("docker", "helm", "/", "**", "weekly", "{a}", "a b", "\n", '"', "x".repeat(300)),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie("value"), { maxKeys: 4 }),
    ),
  })).value;
  const entry = fc.dictionary(fc.constantFrom(...keys), anything, { maxKeys: 6 });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 3 }), (entries) => {
      const updates = entries.map((one) => ({ "package-ecosystem": "docker", directory: "/", ...one }));
      expect(load(migrateDependabot({ updates }).text).problems).toEqual([]);
    }),
  );
});
