import { describe, expect, test } from "vitest";
import type { Writer } from "../../src/core/use/writer.ts";
import { gitops } from "../../src/manager/gitops/gitops.ts";
import { kustomize } from "../../src/manager/kustomize/kustomize.ts";
import type { Manager } from "../../src/manager/manager.ts";
import { githubActions } from "../../src/manager/pipelines/github-actions.ts";
import { gitlabCi } from "../../src/manager/pipelines/gitlab-ci.ts";

const AIU = "argocd-image-updater.argoproj.io";

/** `path, path: image, image`, in order; no images where it is about all of them. */
function told(manager: Manager, files: Readonly<Record<string, string>>): readonly string[] {
  const writers: readonly Writer[] = manager.writers?.(new Map(Object.entries(files))) ?? [];
  return writers.map(({ paths, images }) => {
    const which = images === undefined ? "" : `: ${[...images].join(", ")}`;
    return `${[...paths].toSorted().join(", ")}${which}`;
  });
}

function application(annotations: Readonly<Record<string, string>>, path: string): string {
  const lines = Object.entries(annotations).map(([key, value]) => `    ${AIU}/${key}: ${JSON.stringify(value)}`);
  return [
    "apiVersion: argoproj.io/v1alpha1",
    "kind: Application",
    "metadata:",
    "  name: web",
    "  annotations:",
    ...lines,
    `spec: {source: {path: "${path}"}}`,
  ].join("\n");
}

describe("Argo CD Image Updater writes", () => {
  const files = {
    "overlays/prod/kustomization.yaml": "",
    "base/kustomization.yml": "",
    "charts/web/values.yaml": "",
    "envs/web.yaml": "",
    "overlays/prod/.argocd-source-web.yaml": "",
    "services/a/kustomization.yaml": "",
    "services/b/kustomization.yaml": "",
  };
  const list = { "image-list": "web=ghcr.io/acme/web:~1.4, docker.io/library/redis" };
  const both = "ghcr.io/acme/web, docker.io/library/redis";
  const git = { ...list, "write-back-method": "git:secret:argocd/git" };

  test.each([
    ["to the Application alone", list, "overlays/prod", `app.yaml: ${both}`],
    ["to a file of its own", git, "overlays/prod", `app.yaml, overlays/prod/.argocd-source-web.yaml: ${both}`],
    [
      "to the kustomization there",
      { ...git, "write-back-target": "kustomization" },
      "overlays/prod",
      `app.yaml, overlays/prod/kustomization.yaml: ${both}`,
    ],
    [
      "to another kustomization",
      { ...git, "write-back-target": "kustomization:../../base" },
      "overlays/prod",
      `app.yaml, base/kustomization.yml: ${both}`,
    ],
    [
      "to the values there",
      { ...git, "write-back-target": "helmvalues" },
      "charts/web",
      `app.yaml, charts/web/values.yaml: ${both}`,
    ],
    [
      "to values by their path from the root",
      { ...git, "write-back-target": "helmvalues:/envs/web.yaml" },
      "charts/web",
      `app.yaml, envs/web.yaml: ${both}`,
    ],
    [
      "to what a template names",
      { ...git, "write-back-target": "kustomization" },
      "services/{{path.basename}}",
      `app.yaml, services/a/kustomization.yaml, services/b/kustomization.yaml: ${both}`,
    ],
    ["images that a template names", { "image-list": "a=r.io/{{name}}" }, ".", "app.yaml"],
  ])("%s", (_, annotations, path, expected) => {
    expect(told(gitops, { ...files, "app.yaml": application(annotations, path) })).toEqual([expected]);
  });

  test("the images of an ImageUpdater, wherever they are", () => {
    const updater = [
      `apiVersion: ${AIU}/v1alpha1`,
      "kind: ImageUpdater",
      "spec: {applicationRefs: [{namePattern: 'web-*', images: [{alias: web, imageName: 'ghcr.io/acme/web:1.x'}]}]}",
    ].join("\n");
    expect(told(gitops, { "u.yaml": updater, "a.yaml": "" })).toEqual(["a.yaml, u.yaml: ghcr.io/acme/web"]);
  });

  test("nothing without its list", () => {
    expect(told(gitops, { "app.yaml": application({ "write-back-method": "git" }, ".") })).toEqual([]);
  });
});

describe("scripts of CI write", () => {
  const files = {
    "deploy/prod/kustomization.yaml": "",
    "kustomization.yaml": "",
    "deploy/values.yaml": "",
    "apps/a/values.yaml": "",
    "apps/b/values.yaml": "",
    "k8s/web.yaml": "",
  };
  const APP = "docker.io/library/app, image app";
  test.each([
    [
      "cd deploy/prod && kustomize edit set image app=r.io/app:$TAG",
      [`deploy/prod/kustomization.yaml, kustomization.yaml: ${APP}`],
    ],
    ["kustomize edit set image $IMAGE:$TAG", ["kustomization.yaml"]],
    ["yq -i '.web.image.tag = strenv(TAG)' deploy/values.yaml", ["deploy/values.yaml: web.image"]],
    ['yq eval --inplace ".spec.image = \\"$I\\"" k8s/web.yaml', ["k8s/web.yaml"]],
    ["yq -i '.image.tag = \"x\"' apps/$APP/values.yaml", ["apps/a/values.yaml, apps/b/values.yaml: image"]],
    ['sed -i "s|image: .*|image: $I|" k8s/web.yaml', ["k8s/web.yaml"]],
    ["sed -i s/a/b/ k8s/web.yaml", []],
    ["yq '.image.tag' deploy/values.yaml", []],
    ["yq -i '.image.tag = \"x\"' other/values.yaml", []],
    ["yq -i '.image.tag = \"x\"' ../../values.yaml", []],
  ])("%s", (command, expected) => {
    const script = `job:\n  script:\n    - |\n      ${command}\n`;
    expect(told(gitlabCi, { ...files, ".gitlab-ci.yml": script })).toEqual(expected);
    expect(told(githubActions, { ...files, ".github/workflows/a.yml": script })).toEqual(expected);
    expect(told(githubActions, { ...files, "README.yml": script })).toEqual([]);
  });

  test("over lines that a backslash joins, with the line that they begin on", () => {
    const text = "a:\n  - kustomize edit set image \\\n      app=r.io/app:1\n";
    const [writer] = gitlabCi.writers?.(new Map([...Object.entries(files), [".gitlab-ci.yml", text]])) ?? [];
    expect(writer?.who).toBe("CI, .gitlab-ci.yml:2");
  });
});

describe("kustomizations put other images in the place of those of a manifest", () => {
  const names = (...images: readonly string[]) =>
    `images: [${images.map((name) => `{name: ${name}, newTag: "1"}`).join(", ")}]\n`;
  const over = (...resources: readonly string[]) => `resources: [${resources.join(", ")}]\n`;
  const NGINX = "docker.io/library/nginx";

  test.each([
    ["beside it", { "kustomization.yaml": over("a.yaml") + names("nginx") }, [`a.yaml: ${NGINX}`]],
    [
      "in every overlay",
      {
        "x/kustomization.yaml": over("../b") + names("nginx"),
        "y/kustomization.yaml": over("../b") + names("nginx", "redis"),
        "b/kustomization.yml": over("a.yaml"),
      },
      [`b/a.yaml: ${NGINX}`],
    ],
    [
      "not where one overlay keeps it",
      {
        "x/kustomization.yaml": over("../b") + names("nginx"),
        "y/kustomization.yaml": over("../b"),
        "b/kustomization.yml": over("a.yaml"),
      },
      [],
    ],
    [
      "by a component",
      {
        "x/kustomization.yaml": `${over("../b")}components: [../c]\n`,
        "c/kustomization.yaml": names("nginx"),
        "b/kustomization.yml": over("a.yaml"),
      },
      [`b/a.yaml: ${NGINX}`],
    ],
    [
      "not in a circle that nobody deploys",
      { "x/kustomization.yaml": over("../y", "a.yaml") + names("nginx"), "y/kustomization.yaml": over("../x") },
      [],
    ],
    [
      "not outside of the repository",
      { "kustomization.yaml": over("../../a.yaml", "https://example.com/a.yaml") + names("nginx") },
      [],
    ],
  ])("%s", (_, kustomizations, expected) => {
    const files = { ...kustomizations, "a.yaml": "", "b/a.yaml": "", "x/a.yaml": "" };
    expect(told(kustomize, files)).toEqual(expected);
  });
});

describe("a repository that is made to be costly is looked through all the same", () => {
  const many = Array.from({ length: 2_000 }, (_, i) => [`a/${"b".repeat(200)}${i}.yaml`, ""] as const);
  const rest = Object.fromEntries(many);
  const updater = `apiVersion: ${AIU}/v1alpha1\nkind: ImageUpdater\nspec: {applicationRefs: [{images: [{imageName: a/b}]}]}\n`;
  const unknown = `{{a}}${"b".repeat(90)}{{b}}${"b".repeat(90)}{{c}}`;

  test.each([
    ["thousands of updaters", gitops, { "u.yaml": Array(250).fill(updater).join("---\n") }, 200],
    [
      "paths that may be anything",
      gitops,
      {
        "u.yaml": Array(220)
          .fill(application({ "image-list": "a/b", "write-back-method": "git" }, unknown))
          .join("\n---\n"),
      },
      200,
    ],
    ["scripts without end", gitlabCi, { ".gitlab-ci.yml": `a: |\n${"  yq -i .a k8s/$A/b.yaml\n".repeat(2_000)}` }, 0],
    ["lines of commands", gitlabCi, { ".gitlab-ci.yml": `a: |\n${`  ${"yq ".repeat(300)}-a\n`.repeat(200)}` }, 0],
    [
      "kustomizations of one another",
      kustomize,
      Object.fromEntries(
        Array.from({ length: 60 }, (_, i) => [
          `k${i}/kustomization.yaml`,
          `resources: [${Array.from({ length: 60 }, (_, j) => `../k${j}`).join(", ")}]\nimages: [{name: a}]\n`,
        ]),
      ),
      0,
    ],
  ])("%s", (_, manager, files, expected) => {
    const start = performance.now();
    expect(manager.writers?.(new Map(Object.entries({ ...rest, ...files })))).toHaveLength(expected);
    expect(performance.now() - start).toBeLessThan(2_000);
  });
});
