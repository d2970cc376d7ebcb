import { describe, expect, it } from "vitest";
import { parse as parseYaml } from "yaml";
import { dependabotOf } from "../../../src/config/others/dependabot.ts";
import type { ManagedFile } from "../../../src/config/others/managed-file.ts";
import type { Kind } from "../../../src/core/use/kind.ts";
import { applied } from "./applied.ts";

const PATH = ".github/dependabot.yml";
const DOCKERFILE: readonly ManagedFile[] = [{ path: "Dockerfile", kind: "dockerfile" }];

function entry(ecosystem: string, more = "directory: /"): string {
  return `version: 2\nupdates:\n  - package-ecosystem: ${ecosystem}\n    ${more}\n`;
}

/** The files that both keep up to date. */
function shared(text: string, files: readonly ManagedFile[]): readonly string[] {
  return dependabotOf(PATH, text, files, "main")?.files ?? [];
}

describe("the files that Dependabot keeps up to date", () => {
  it.each<[ecosystem: string, kind: Kind, path: string, isShared: boolean]>([
    ["docker", "dockerfile", "my-Dockerfile.prod", true],
    ["docker", "kubernetes", "web.yaml", true],
    ["docker", "gitops", "release.yaml", true],
    ["docker", "kubernetes", ".web.yaml", false],
    ["docker", "helm", "values-prod.yaml", true],
    ["docker", "helm", "prod.values.yml", true],
    ["docker", "compose", "compose.yaml", false],
    ["docker", "kustomize", "kustomization.yaml", false],
    ["docker", "quadlet", "web.container", false],
    ["docker-compose", "compose", "docker-compose.prod.yml", true],
    ["docker-compose", "compose", "compose-dev.yaml", true],
    ["docker-compose", "dockerfile", "Dockerfile", false],
    ["helm", "helm", "values.yaml", true],
    ["helm", "helm", "values-prod.yaml", false],
    ["helm", "kubernetes", "web.yaml", false],
    ["github-actions", "github-actions", "action.yml", false],
    ["npm", "dockerfile", "Dockerfile", false],
  ])("by ecosystem: %s, %s %s: %s", (ecosystem, kind, path, isShared) => {
    expect(shared(entry(ecosystem), [{ path, kind }])).toEqual(isShared ? [path] : []);
  });

  it.each<[more: string, path: string, isShared: boolean]>([
    ["directory: /", "Dockerfile", true],
    ["directory: .", "Dockerfile", true],
    ["directory: /", "app/Dockerfile", false],
    ["directory: /app/", "app/Dockerfile", true],
    ['directories: ["/app", "/lib"]', "lib/Dockerfile", true],
    ['directories: ["**/*"]', "a/b/Dockerfile", true],
    ['directories: ["/services/*"]', "services/a/Dockerfile", true],
    ['directories: ["/services/*"]', "services/a/b/Dockerfile", false],
    ["directory: /\n    open-pull-requests-limit: 0", "Dockerfile", false],
    ["directory: /\n    target-branch: next", "Dockerfile", false],
    ["directory: /\n    target-branch: main", "Dockerfile", true],
    ['directories: ["**/*"]\n    exclude-paths: [legacy]', "legacy/a/Dockerfile", false],
    ['directories: ["**/*"]\n    exclude-paths: ["legacy/**"]', "app/Dockerfile", true],
    ['directory: /\n    ignore: [{ dependency-name: "*" }]', "Dockerfile", false],
    [
      'directory: /\n    ignore: [{ dependency-name: "*", update-types: ["version-update:semver-major"] }]',
      "Dockerfile",
      true,
    ],
  ])("with %s, %s: %s", (more, path, isShared) => {
    expect(shared(entry("docker", more), [{ path, kind: "dockerfile" }])).toEqual(isShared ? [path] : []);
  });

  it("are none by an entry that is no text", () => {
    expect(shared(entry("{ docker: 1 }"), DOCKERFILE)).toEqual([]);
  });

  it("are all that it knows how to update where its configuration cannot be read", () => {
    const files: readonly ManagedFile[] = [
      { path: "app/Dockerfile", kind: "dockerfile" },
      { path: "compose.yml", kind: "compose" },
      { path: ".drone.yml", kind: "drone" },
    ];
    const found = dependabotOf(PATH, "updates: [", files, "main");
    expect(found).toMatchObject({
      files: ["app/Dockerfile", "compose.yml"],
      byHand: expect.stringContaining("docker-compose"),
    });
    expect(found).not.toHaveProperty("patch");
  });
});

const DOCKER =
  '  # images\n  - package-ecosystem: "docker"\n    directory: "/"\n    schedule:\n      interval: "weekly"\n';
const NPM = '  - package-ecosystem: "npm"\n    directory: "/"\n    schedule:\n      interval: "daily"\n';
const HELM =
  '  - package-ecosystem: "helm"\n    directory: "/chart"\n    schedule:\n      interval: "weekly"\n\n    # charts\n';
const CHART: ManagedFile = { path: "chart/values.yaml", kind: "helm" };

describe("the patch", () => {
  it.each<[what: string, entries: string]>([
    ["the first entry", `${DOCKER}${NPM}`],
    ["the last entry", `${NPM}${DOCKER}`],
    ["between others", `${NPM}${DOCKER}${NPM}`],
    ["two of them", `${DOCKER}${NPM}${DOCKER}`],
    ["of another ecosystem", `${NPM}${DOCKER.replace("docker", "docker-compose")}`],
    ["one that updates charts as well", `${HELM}${NPM}`],
    ["all of these", `${HELM}${DOCKER}${NPM}${HELM}`],
    ["with CRLF", `${HELM}${DOCKER}${NPM}${HELM}`.replaceAll("\n", "\r\n")],
  ])("removes entries, and keeps those that update more: %s", (_, entries) => {
    const text = `version: 2\nupdates:\n${entries}`;
    const files: readonly ManagedFile[] = [...DOCKERFILE, { path: "compose.yml", kind: "compose" }, CHART];
    const { patch } = dependabotOf(PATH, text, files, "main") ?? {};
    const after = applied(PATH, text, patch ?? "") ?? "";
    const before = parseYaml(text);
    const left = before.updates.flatMap((one: { "package-ecosystem": string }) => {
      if (one["package-ecosystem"].startsWith("docker")) return [];
      return one["package-ecosystem"] === "helm" ? [{ ...one, "exclude-paths": ["chart/values.yaml"] }] : [one];
    });
    expect(parseYaml(after)).toEqual({ ...before, updates: left });
    expect(dependabotOf(PATH, after, files, "main")).toBeUndefined();
  });

  it("removes the file where images are all it updates", () => {
    const text = `version: 2\nupdates:\n${DOCKER}`;
    const { patch } = dependabotOf(PATH, text, DOCKERFILE, "main") ?? {};
    expect(applied(PATH, text, patch ?? "")).toBeUndefined();
  });

  it.each<[what: string, text: string]>([
    [
      "entries are written as a flow",
      "version: 2\nupdates: [{ package-ecosystem: docker, directory: / }, { package-ecosystem: npm, directory: / }]\n",
    ],
    ["paths are excluded already", `version: 2\nupdates:\n${HELM.replace("\n\n", "\n    exclude-paths: [x]\n")}`],
  ])("is left out, and told in words, where %s", (_, text) => {
    const found = dependabotOf(PATH, text, [...DOCKERFILE, CHART], "main");
    expect(found).toMatchObject({ byHand: expect.stringContaining("package-ecosystem") });
    expect(found).not.toHaveProperty("patch");
  });
});

it.each([
  ["", false],
  ["    target-branch: main\n", false],
  ["    target-branch: release/1.x\n", true],
])("updates another branch than the default one where an entry says so: %j", (target, isKept) => {
  const text = `version: 2\nupdates:\n  - package-ecosystem: docker\n    directory: /\n${target}`;
  expect(dependabotOf(PATH, text, DOCKERFILE, "release/1.x", false) !== undefined).toBe(isKept);
});
