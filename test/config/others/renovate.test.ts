import fc from "fast-check";
import JSON5 from "json5";
import { describe, expect, it } from "vitest";
import type { ManagedFile } from "../../../src/config/others/managed-file.ts";
import { renovateOf } from "../../../src/config/others/renovate.ts";
import type { Kind } from "../../../src/core/use/kind.ts";
import { applied } from "./applied.ts";

const DOCKERFILE: readonly ManagedFile[] = [{ path: "Dockerfile", kind: "dockerfile" }];
const OFF = { matchDatasources: ["docker"], enabled: false };

/** The files that both keep up to date. */
function shared(own: object, files: readonly ManagedFile[]): readonly string[] {
  return renovateOf("renovate.json", JSON.stringify(own), files, "main")?.files ?? [];
}

describe("the files that Renovate keeps up to date", () => {
  it.each<[kind: Kind, path: string, isShared: boolean]>([
    ["dockerfile", "app/Dockerfile.prod", true],
    ["dockerfile", "app.Containerfile", true],
    ["dockerfile", "DOCKERFILE", false],
    ["compose", "deploy/docker-compose.prod.yaml", true],
    ["compose", "podman-compose.yml", false],
    ["kubernetes", "k8s/web.yaml", false],
    ["kubernetes", "flux-system/gotk-components.yaml", true],
    ["kustomize", "base/kustomization.yaml", true],
    ["kustomize", "base/Kustomization", false],
    ["helm", "charts/shop/values.yaml", true],
    ["helm", "charts/shop/values-prod.yaml", false],
    ["quadlet", "units/web.container", true],
    ["github-actions", "action.yml", true],
    ["gitlab-ci", "ci/build.gitlab-ci.yml", true],
    ["gitlab-ci", ".gitlab/build.yml", false],
    ["circleci", ".circleci/config.yml", true],
    ["azure-pipelines", "azure-pipelines.yaml", false],
    ["azure-pipelines", "azure-pipelines.yml", true],
    ["bitbucket-pipelines", "bitbucket-pipelines.yml", true],
    ["drone", ".drone.yml", true],
    ["drone", ".woodpecker/build.yaml", true],
    ["drone", "sub/.woodpecker.yml", false],
    ["cloud-build", "cloudbuild.yaml", true],
    ["buildpacks", "project.toml", true],
    ["dotnet", "src/Shop.csproj", true],
    ["dotnet", "Properties/Container.pubxml", false],
    ["maven", "shop/pom.xml", true],
    ["bazel", "MODULE.bazel", true],
    ["bazel", "images.bzl", true],
    ["ansible", "roles/web/tasks/main.yml", true],
    ["ansible", "site.yml", false],
    ["terraform", "infra/main.tf", true],
    ["nomad", "web.nomad", false],
  ])("by its own patterns: %s %s: %s", (kind, path, isShared) => {
    expect(shared({ extends: ["config:recommended"] }, [{ path, kind }])).toEqual(isShared ? [path] : []);
  });

  it.each<[what: string, own: object, path: string, kind: Kind, isShared: boolean]>([
    [
      "a pattern of its own",
      { kubernetes: { managerFilePatterns: ["/k8s/.+\\.yaml$/"] } },
      "k8s/web.yaml",
      "kubernetes",
      true,
    ],
    [
      "another folder",
      { kubernetes: { managerFilePatterns: ["/k8s/.+\\.yaml$/"] } },
      "deploy/web.yaml",
      "kubernetes",
      false,
    ],
    [
      "a glob of its own",
      { kubernetes: { managerFilePatterns: ["K8s/**/*.{yml,yaml}"] } },
      "k8s/a/web.yaml",
      "kubernetes",
      true,
    ],
    ["patterns as they were", { kubernetes: { fileMatch: ["^k8s/"] } }, "k8s/web.yaml", "kubernetes", true],
    ["Tekton", { tekton: { managerFilePatterns: ["tekton/*.yaml"] } }, "tekton/build.yaml", "kubernetes", true],
    [
      "a pattern that costs too much",
      { kubernetes: { managerFilePatterns: ["/(a{900}){900}/"] } },
      "x.yaml",
      "kubernetes",
      true,
    ],
    [
      "what is off by itself, on",
      { "azure-pipelines": { enabled: true } },
      "azure-pipelines.yaml",
      "azure-pipelines",
      true,
    ],
    [
      "a manager of its own",
      { customManagers: [{ managerFilePatterns: ["/\\.yaml$/"], datasourceTemplate: "docker" }] },
      "a.yaml",
      "kubernetes",
      true,
    ],
    [
      "one for something else",
      { customManagers: [{ managerFilePatterns: ["/\\.yaml$/"], datasourceTemplate: "npm" }] },
      "a.yaml",
      "kubernetes",
      false,
    ],
    ["ignored by a glob", { ignorePaths: ["legacy/**"] }, "legacy/Dockerfile", "dockerfile", false],
    ["ignored by a part of the path", { ignorePaths: ["legacy/"] }, "old/legacy/Dockerfile", "dockerfile", false],
    ["ignored by braces", { ignorePaths: ["**/{test,tests}/**"] }, "a/tests/Dockerfile", "dockerfile", false],
    ["ignored by a glob that nobody knows", { ignorePaths: ["**/[a-z]/**"] }, "a/b/Dockerfile", "dockerfile", true],
    ["ignored for another manager", { npm: { ignorePaths: ["**"] } }, "Dockerfile", "dockerfile", true],
    ["ignored for this one", { dockerfile: { ignorePaths: ["a/**"] } }, "a/Dockerfile", "dockerfile", false],
    ["ignored as recommended", { extends: ["config:recommended"] }, "test/Dockerfile", "dockerfile", false],
    [
      "ignored as recommended, but for that",
      { extends: ["config:recommended"], ignorePresets: [":ignoreModulesAndTests"] },
      "test/Dockerfile",
      "dockerfile",
      true,
    ],
    ["ignored by itself", {}, "node_modules/x/Dockerfile", "dockerfile", false],
    ["included", { includePaths: ["apps/**"] }, "apps/a/Dockerfile", "dockerfile", true],
    ["not included", { includePaths: ["apps/**"] }, "Dockerfile", "dockerfile", false],
    ["one of the managers enabled", { enabledManagers: ["npm", "docker-compose"] }, "compose.yml", "compose", true],
    ["none of the managers enabled", { enabledManagers: ["npm", "docker-compose"] }, "Dockerfile", "dockerfile", false],
    ["a preset turns images off", { extends: ["docker:disable"] }, "compose.yml", "compose", false],
    ["but not those of kustomizations", { extends: ["docker:disable"] }, "kustomization.yaml", "kustomize", true],
    [
      "and the repository on again",
      { extends: ["docker:disable"], dockerfile: { enabled: true } },
      "Dockerfile",
      "dockerfile",
      true,
    ],
    ["off as a whole", { enabled: false }, "Dockerfile", "dockerfile", false],
    ["other branches only", { baseBranches: ["next"] }, "Dockerfile", "dockerfile", false],
    ["this branch as well", { baseBranchPatterns: ["next", "main"] }, "Dockerfile", "dockerfile", true],
    ["branches by expression", { baseBranchPatterns: ["/^rel/"] }, "Dockerfile", "dockerfile", true],
    [
      "a rule turns the manager off",
      { packageRules: [{ matchManagers: ["dockerfile"], enabled: false }] },
      "Dockerfile",
      "dockerfile",
      false,
    ],
    [
      "a rule turns all but another off",
      { packageRules: [{ matchManagers: ["!npm"], enabled: false }] },
      "Dockerfile",
      "dockerfile",
      false,
    ],
    [
      "a rule turns images off",
      { packageRules: [{ matchDatasources: ["docker"], enabled: false }] },
      "action.yml",
      "github-actions",
      false,
    ],
    [
      "a rule turns a category off",
      { packageRules: [{ matchCategories: ["ci"], enabled: false }] },
      ".drone.yml",
      "drone",
      false,
    ],
    [
      "a rule turns files off",
      { packageRules: [{ matchFileNames: ["legacy/**"], enabled: false }] },
      "legacy/Dockerfile",
      "dockerfile",
      false,
    ],
    [
      "a rule turns other files off",
      { packageRules: [{ matchFileNames: ["legacy/**"], enabled: false }] },
      "Dockerfile",
      "dockerfile",
      true,
    ],
    [
      "a rule turns some images off",
      { packageRules: [{ matchPackageNames: ["node"], enabled: false }] },
      "Dockerfile",
      "dockerfile",
      true,
    ],
    [
      "a rule turns every image off",
      { packageRules: [{ matchPackageNames: ["*"], matchManagers: ["dockerfile"], enabled: false }] },
      "Dockerfile",
      "dockerfile",
      false,
    ],
    [
      "the last rule counts",
      {
        packageRules: [
          { matchDatasources: ["docker"], enabled: false },
          { matchPackageNames: ["node"], enabled: true },
        ],
      },
      "Dockerfile",
      "dockerfile",
      true,
    ],
  ])("%s", (_, own, path, kind, isShared) => {
    expect(shared(own, [{ path, kind }])).toEqual(isShared ? [path] : []);
  });

  it("are all that it knows by itself where the configuration cannot be read, and none in a package without one", () => {
    for (const text of ["{ extends: ", "[]"]) {
      const found = renovateOf("renovate.json", text, [...DOCKERFILE, { path: "a.yaml", kind: "kubernetes" }], "main");
      expect(found).toMatchObject({ files: ["Dockerfile"], byHand: expect.stringContaining('["dockerfile"]') });
      expect(found).not.toHaveProperty("patch");
    }
    expect(renovateOf("package.json", '{ "name": "shop" }', DOCKERFILE, "main")).toBeUndefined();
  });
});

const ALL: readonly ManagedFile[] = [
  { path: "Dockerfile", kind: "dockerfile" },
  { path: "compose.yml", kind: "compose" },
  { path: "charts/a/values.yaml", kind: "helm" },
  { path: "action.yml", kind: "github-actions" },
  { path: "k8s/web.yaml", kind: "kubernetes" },
  { path: "sub/action.yaml", kind: "github-actions" },
];

describe("the patch", () => {
  const USUAL =
    '{\n  "$schema": "https://docs.renovatebot.com/renovate-schema.json",\n  "extends": ["config:recommended"]\n}\n';
  const RULES = '{\n  "packageRules": [\n    { "matchManagers": ["npm"], "enabled": false }\n  ]\n}\n';

  it.each<[what: string, path: string, text: string]>([
    ["a usual file", "renovate.json", USUAL],
    ["one line", ".renovaterc", '{"extends": ["config:base"]}'],
    ["an empty object", "renovate.json", "{}\n"],
    [
      "comments before it",
      "renovate.json5",
      "// { not this\n/* { nor this */\n{\n\textends: ['config:base'], // {\n}\n",
    ],
    ["CRLF", ".github/renovate.json", '{\r\n    "extends": ["config:base"],\r\n    "labels": ["a"]\r\n}\r\n'],
    ["a preset of the organisation", "renovate.json", '{\n  "extends": ["local>acme/renovate"]\n}'],
    ["rules for something else", "renovate.json", RULES],
    ["rules on one line", "renovate.json", '{ "packageRules": [{ "matchManagers": ["npm"], "enabled": false }] }'],
    ["no rules yet", "renovate.json", '{ "packageRules": [] }'],
    ["a comma at the end", "renovate.json5", "{ packageRules: [ { a: ']}' /* ] */, b: \"}\" }, // last\n ], }"],
    ["something said of the manager", "renovate.json", '{ "dockerfile": { "labels": ["x"] } }'],
    ["rules that stand deeper", "renovate.json5", "{ npm: { packageRules: [] }, 'x': '\\'packageRules: [', }"],
    [
      "the manager turned on",
      "renovate.json",
      '{ "packageRules": [{ "matchManagers": ["dockerfile"], "enabled": true }] }',
    ],
    [
      "package.json",
      "package.json",
      '{\n  "name": "shop",\n  "x": { "renovate": {} },\n  "renovate": {\n    "extends": ["config:base"]\n  }\n}\n',
    ],
  ])("adds one last rule: %s", (_, path, text) => {
    const { patch, files } = renovateOf(path, text, DOCKERFILE, "main") ?? {};
    const after = applied(path, text, patch ?? "") ?? "";
    const before = JSON5.parse(text);
    const own = path === "package.json" ? before.renovate : before;
    own.packageRules = [...(own.packageRules ?? []), { matchManagers: ["dockerfile"], ...OFF }];
    expect(files).toEqual(["Dockerfile"]);
    expect(JSON5.parse(after)).toEqual(before);
    expect(renovateOf(path, after, DOCKERFILE, "main")).toBeUndefined();
  });

  it("reads as people write it", () => {
    const written = (text: string) =>
      applied("renovate.json", text, renovateOf("renovate.json", text, DOCKERFILE, "main")?.patch ?? "");
    const rule = '{ "matchManagers": ["dockerfile"], "matchDatasources": ["docker"], "enabled": false }';
    expect(written(USUAL)).toBe(USUAL.replace("{\n", `{\n  "packageRules": [\n    ${rule}\n  ],\n`));
    expect(written(RULES)).toBe(RULES.replace("false }\n", `false },\n    ${rule}\n`));
  });

  it("hands over all of a manager, or by their names the files of one that changes images in more places", () => {
    const text = '{ "kubernetes": { "managerFilePatterns": ["k8s/**"] } }';
    const { patch = "", files } = renovateOf("renovate.json", text, ALL, "main") ?? {};
    const after = applied("renovate.json", text, patch) ?? "";
    expect(files).toEqual(ALL.map(({ path }) => path).toSorted());
    expect(JSON5.parse(after).packageRules).toEqual([
      { matchManagers: ["dockerfile", "docker-compose", "helm-values"], ...OFF },
      { matchManagers: ["github-actions"], matchFileNames: ["action.yml", "sub/action.yaml"], ...OFF },
      { matchManagers: ["kubernetes"], matchFileNames: ["k8s/web.yaml"], ...OFF },
    ]);
    expect(renovateOf("renovate.json", after, ALL, "main")).toBeUndefined();
    const workflow: ManagedFile = { path: ".github/workflows/build.yml", kind: "github-actions" };
    expect(renovateOf("renovate.json", after, [workflow], "main")?.files).toEqual([workflow.path]);
  });

  it("is left out, and told in words, where files would have to be named that cannot be", () => {
    const odd = renovateOf("renovate.json", "{}", [{ path: "[a]/action.yml", kind: "github-actions" }], "main");
    expect(odd).toMatchObject({ files: ["[a]/action.yml"], byHand: expect.stringContaining('["github-actions"]') });
    const many = Array.from(
      { length: 51 },
      (__, at): ManagedFile => ({ path: `${at}/action.yml`, kind: "github-actions" }),
    );
    expect(renovateOf("renovate.json", "{}", many, "main")).not.toHaveProperty("patch");
  });

  it("is one that turns off what it is for, in any configuration", () => {
    const key = fc.constantFrom("packageRules", "extends", "labels", "x", "dockerfile", "enabledManagers");
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom("a", "'", '"', "\\", "]", "}", "//", "/*", "dockerfile", "npm"),
        fc.boolean(),
        fc.integer(),
        fc.array(tie("any"), { maxLength: 3 }),
        fc.dictionary(key, tie("any"), { maxKeys: 3 }),
      ),
    })).any;
    let turnedOff = 0;
    fc.assert(
      fc.property(fc.dictionary(key, value), fc.constantFrom(undefined, 1, "\t"), (own, space) => {
        for (const text of [JSON.stringify(own, null, space), JSON5.stringify(own, null, space)]) {
          const { patch } = renovateOf("renovate.json5", text, ALL, "main") ?? {};
          if (patch === undefined) continue;
          const after = patched(text, patch);
          if (after === undefined) continue;
          expect(renovateOf("renovate.json5", after, ALL, "main")).toBeUndefined();
          turnedOff += 1;
        }
      }),
      { numRuns: 60 },
    );
    // Of 120 about 35, 12 at the least that was seen: it must not be vacuous, nor fail by chance.
    expect(turnedOff).toBeGreaterThan(3);
  });
});

/** The text after a patch of ours, without git, which takes long: what stays and what is added, where all of it is shown. */
function patched(text: string, patch: string): string | undefined {
  const lines = patch.split("\n").slice(4);
  const before = lines.filter((line) => /^[ -]/.test(line)).map((line) => line.slice(1));
  if (before.join("\n") !== text.replace(/\n$/, "")) return undefined;
  return lines
    .filter((line) => /^[ +]/.test(line))
    .map((line) => line.slice(1))
    .join("\n");
}

it("takes hostile text quickly, and never throws", () => {
  const hostile = [
    "\uFEFF".repeat(60_000),
    "/*".repeat(30_000),
    "[".repeat(60_000),
    '{"a":'.repeat(12_000),
    `{"__proto__":${"1".repeat(50_000)}}`,
    JSON.stringify({
      kubernetes: { managerFilePatterns: Array.from({ length: 300 }, (_, at) => `/${"(.*)".repeat(45)}${at}/`) },
    }),
    JSON.stringify({ ignorePaths: Array.from({ length: 300 }, (_, at) => `${"**/".repeat(80)}${at}`) }),
    JSON.stringify({ ignorePaths: ["{a,b}".repeat(40)] }),
  ];
  const files = Array.from(
    { length: 100 },
    (_, at): ManagedFile => ({ path: `${"a/".repeat(100)}${at}.yaml`, kind: "kubernetes" }),
  );
  const began = performance.now();
  for (const text of hostile) renovateOf("renovate.json5", text, [...ALL, ...files], "main");
  expect(performance.now() - began).toBeLessThan(2000);
  fc.assert(fc.property(fc.string(), (text) => void renovateOf("renovate.json", text, ALL, "main")));
});

it.each<[string, object, string, boolean]>([
  ["none named", {}, "release/1.x", false],
  ["the default one by its word", { baseBranchPatterns: ["$default"] }, "release/1.x", false],
  ["this one by its name", { baseBranches: ["main", "release/1.x"] }, "release/1.x", true],
  ["this one by a glob", { baseBranchPatterns: ["release/*"] }, "release/1.x", true],
  ["others by a glob", { baseBranchPatterns: ["hotfix/*"] }, "release/1.x", false],
  ["who knows which, by an expression", { baseBranchPatterns: ["/^rel/"] }, "release/1.x", true],
])("keeps another branch than the default one up to date where it says so: %s", (_, own, base, isKept) => {
  const found = renovateOf("renovate.json", JSON.stringify(own), DOCKERFILE, base, false);
  expect(found !== undefined).toBe(isKept);
});
