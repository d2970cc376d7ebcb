import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import JSON5 from "json5";
import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { dependabotOf } from "../../../src/config/others/dependabot.ts";
import { renovateOf } from "../../../src/config/others/renovate.ts";
import { unifiedDiff } from "../../../src/core/text/unified-diff.ts";

/** The file after git itself applied the patch; `undefined`: it is gone. */
function applied(path: string, text: string, patch: string): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "oakum-patch-"));
  try {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
    execFileSync("git", ["apply", "--whitespace=nowarn", "-"], { cwd: folder, input: patch });
    return existsSync(join(folder, path)) ? readFileSync(join(folder, path), "utf8") : undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("Renovate", () => {
  it.each<[what: string, path: string, text: string]>([
    [
      "a usual file",
      "renovate.json",
      '{\n  "$schema": "https://docs.renovatebot.com/renovate-schema.json",\n  "extends": ["config:recommended"]\n}\n',
    ],
    ["one line", ".renovaterc", '{"extends": ["config:base"]}'],
    ["an empty object", "renovate.json", "{}\n"],
    [
      "comments before it",
      "renovate.json5",
      "// { not this\n/* { nor this */\n{\n\textends: ['config:base'], // {\n}\n",
    ],
    ["CRLF", ".github/renovate.json", '{\r\n    "extends": ["config:base"],\r\n    "labels": ["a"]\r\n}\r\n'],
    ["a preset of the organisation", "renovate.json", '{\n  "extends": ["local>acme/renovate"]\n}'],
    [
      "rules for something else",
      "renovate.json",
      '{ "packageRules": [{ "matchManagers": ["npm"], "enabled": false }] }',
    ],
    [
      "a rule for some images",
      "renovate.json",
      '{ "packageRules": [{ "matchDatasources": ["docker"], "matchPackageNames": ["x"], "enabled": false }] }',
    ],
    ["package.json", "package.json", '{\n  "name": "shop",\n  "renovate": {\n    "extends": ["config:base"]\n  }\n}\n'],
  ])("is handed over exactly: %s", (_, path, text) => {
    const { patch } = renovateOf(path, text) ?? {};
    const after = applied(path, text, patch ?? "") ?? "";
    const before = JSON5.parse(text);
    const own = path === "package.json" ? before.renovate : before;
    own.dockerfile = { enabled: false };
    expect(JSON5.parse(after)).toEqual(before);
    expect(renovateOf(path, after)).toBeUndefined();
  });

  it.each<[what: string, path: string, text: string]>([
    ["off as a whole", "renovate.json", '{ "enabled": false }'],
    ["the manager is off", "renovate.json", '{ "dockerfile": { "enabled": false } }'],
    ["other managers only", "renovate.json", '{ "enabledManagers": ["npm", "gomod"] }'],
    ["a preset turns images off", "renovate.json", '{ "extends": ["docker:disable"] }'],
    [
      "a rule turns Dockerfiles off",
      "renovate.json",
      '{ "packageRules": [{ "matchManagers": ["dockerfile", "docker-compose"], "enabled": false }] }',
    ],
    [
      "a rule turns images off",
      "renovate.json",
      '{ "packageRules": [{ "matchDatasources": ["docker"], "enabled": false }] }',
    ],
    ["a package without Renovate", "package.json", '{ "name": "shop" }'],
  ])("leaves Dockerfiles alone: %s", (_, path, text) => {
    expect(renovateOf(path, text)).toBeUndefined();
  });

  it.each<[what: string, text: string]>([
    ["something is said of the manager", '{ "dockerfile": { "labels": ["x"] } }'],
    ["it is no JSON", "{ extends: "],
    ["it is a list", "[]"],
  ])("is named without a patch where %s", (_, text) => {
    expect(renovateOf("renovate.json", text)).toEqual({ tool: "Renovate", path: "renovate.json" });
  });

  it("takes hostile text quickly, and never throws", () => {
    const hostile = [
      "\uFEFF".repeat(60_000),
      "/*".repeat(30_000),
      "[".repeat(60_000),
      '{"a":'.repeat(12_000),
      `{"__proto__":${"1".repeat(50_000)}}`,
    ];
    const began = performance.now();
    for (const text of hostile) renovateOf("renovate.json5", text);
    expect(performance.now() - began).toBeLessThan(2000);
    fc.assert(fc.property(fc.string(), (text) => void renovateOf("renovate.json", text)));
  });
});

const DOCKER =
  '  # images\n  - package-ecosystem: "docker"\n    directory: "/"\n    schedule:\n      interval: "weekly"\n';
const NPM = '  - package-ecosystem: "npm"\n    directory: "/"\n    schedule:\n      interval: "daily"\n';

describe("Dependabot", () => {
  it.each<[what: string, entries: string]>([
    ["the first entry", `${DOCKER}${NPM}`],
    ["the last entry", `${NPM}${DOCKER}`],
    ["between others", `${NPM}${DOCKER}${NPM}`],
    ["two of them", `${DOCKER}${NPM}${DOCKER}`],
  ])("is handed over exactly: %s", (_, entries) => {
    const text = `version: 2\nupdates:\n${entries}`;
    const { patch } = dependabotOf(".github/dependabot.yml", text, ["Dockerfile"]) ?? {};
    const after = applied(".github/dependabot.yml", text, patch ?? "") ?? "";
    const before = parseYaml(text);
    const left = before.updates.filter((one: { "package-ecosystem": string }) => one["package-ecosystem"] !== "docker");
    expect(parseYaml(after)).toEqual({ ...before, updates: left });
  });

  it("goes as a whole where images are all it updates", () => {
    const text = `version: 2\nupdates:\n${DOCKER}`;
    const { patch } = dependabotOf(".github/dependabot.yml", text, ["Dockerfile"]) ?? {};
    expect(applied(".github/dependabot.yml", text, patch ?? "")).toBeUndefined();
  });

  it.each<[where: string, file: string, manages: boolean]>([
    ["directory: /", "Dockerfile", true],
    ["directory: /", "app/Dockerfile", false],
    ["directory: /app/", "app/Dockerfile", true],
    ['directories: ["/app", "/lib"]', "lib/Dockerfile", true],
    ['directories: ["**/*"]', "a/b/Dockerfile", true],
    ['directories: ["/services/*"]', "services/a/Dockerfile", true],
    ['directories: ["/services/*"]', "services/a/b/Dockerfile", false],
    ["directory: /\n    open-pull-requests-limit: 0", "Dockerfile", false],
  ])("with %s updates %s: %s", (where, file, manages) => {
    const text = `version: 2\nupdates:\n  - package-ecosystem: docker\n    ${where}\n`;
    expect(dependabotOf(".github/dependabot.yml", text, [file]) !== undefined).toBe(manages);
  });

  it("is named without a patch where it cannot be read or is written as a flow", () => {
    const named = { tool: "Dependabot", path: ".github/dependabot.yml" };
    expect(dependabotOf(named.path, "updates: [", ["Dockerfile"])).toEqual(named);
    const flow =
      "version: 2\nupdates: [{ package-ecosystem: docker, directory: / }, { package-ecosystem: npm, directory: / }]\n";
    expect(dependabotOf(named.path, flow, ["Dockerfile"])).toEqual(named);
  });
});

it("what is a diff of ours, git applies: lines removed anywhere, or one part replaced", () => {
  const line = fc.constantFrom("a\n", "b\n", "c\n", "\n", "  d\n");
  const lines = fc.array(line, { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(lines, fc.array(fc.boolean()), fc.array(line, { maxLength: 2 }), (before, keep, added) => {
      const kept = before.filter((_, at) => keep[at] ?? true);
      const text = before.join("");
      for (const after of [
        kept.join(""),
        [...kept.slice(0, 2), ...added, ...kept.slice(2)].join("").replace(/\n$/, ""),
      ]) {
        if (after === text) continue;
        expect(applied("x/y", text, unifiedDiff("x/y", text, after)) ?? "").toBe(after);
      }
    }),
    { numRuns: 25 },
  );
});
