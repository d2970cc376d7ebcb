import { describe, expect, test } from "vitest";
import { helm } from "../../src/manager/helm/helm.ts";
import { gitlabCi } from "../../src/manager/pipelines/gitlab-ci.ts";

const found = (finds: typeof helm.finds, files: Readonly<Record<string, string>>) =>
  [...(finds?.(new Map(Object.entries(files))) ?? [])].toSorted();

describe("files with values are found by what names them", () => {
  const files = {
    "charts/web/prod.yaml": "",
    "envs/a/web.yaml": "",
    "envs/b/web.yaml": "",
    "apps/own.yml": "",
    "x.txt": "",
  };
  const application = (path: string, ...names: readonly string[]) =>
    `spec: {source: {path: "${path}", helm: {valueFiles: ${JSON.stringify(names)}}}}\n`;
  test.each([
    ["from the chart", application("charts/web", "prod.yaml"), ["charts/web/prod.yaml"]],
    ["from the chart upwards", application("charts/web", "../../envs/a/web.yaml"), ["envs/a/web.yaml"]],
    ["from the file", application("elsewhere", "own.yml"), ["apps/own.yml"]],
    ["by Argo CD's reference", application("", "$values/envs/a/web.yaml"), ["envs/a/web.yaml"]],
    [
      "by a template",
      application("", "$values/envs/{{.path.basename}}/web.yaml"),
      ["envs/a/web.yaml", "envs/b/web.yaml"],
    ],
    ["not outside of the repository", application("charts/web", "../../../x/prod.yaml"), []],
    ["not what is no YAML", application("", "/x.txt"), []],
    ["not by an address", application("charts/web", "https://example.com/prod.yaml"), []],
    ["by Flux", "spec: {chart: {spec: {valuesFiles: [./charts/web/prod.yaml]}}}\n", ["charts/web/prod.yaml"]],
    ["by kustomize", "helmCharts: [{name: web, valuesFile: own.yml}]\n", ["apps/own.yml"]],
  ])("%s", (_, text, expected) => {
    expect(found(helm.finds, { ...files, "apps/a.yaml": text })).toEqual(expected);
  });
});

test("files with values are found by what Helmfile's releases list, and by no other list of values", () => {
  const files = {
    "deploy/web.yaml": "",
    "deploy/other.yaml": "",
    "deploy/jobs.yaml.gotmpl": "",
    "deploy/helmfile.yaml.gotmpl": "",
    "apps/a.yaml": "",
  };
  const helmfile =
    "releases:\n- name: web\n  values:\n  - ./web.yaml\n  - jobs.yaml.gotmpl\n  - image: {tag: {{ .Values.tag }}}\n";
  const other = "matches: {values: [deploy/other.yaml], valueFiles: []}\n";
  expect(found(helm.finds, { ...files, "deploy/helmfile.yaml.gotmpl": helmfile, "apps/a.yaml": other })).toEqual([
    "deploy/jobs.yaml.gotmpl",
    "deploy/web.yaml",
  ]);
});

describe("GitLab's pipelines are found by what includes them", () => {
  const files = {
    "ci/a.yml": "",
    "ci/deep/b.yaml": "",
    "ci/deep/er/c.yml": "",
    "ci/x.txt": "",
    "d.yml": "include: /ci/a.yml\n",
  };
  test.each([
    ["a path", "include: /ci/a.yml", ["ci/a.yml"]],
    ["a list of paths", "include: [ci/a.yml, {local: ci/deep/b.yaml}]", ["ci/a.yml", "ci/deep/b.yaml"]],
    ["what is included includes", "include: {local: d.yml}", ["ci/a.yml", "d.yml"]],
    ["a star in a folder", "include: ci/*.yml", ["ci/a.yml"]],
    ["stars over folders", "include: ci/**.yml", ["ci/a.yml", "ci/deep/er/c.yml"]],
    ["stars for folders", "include: ci/**/*.yml", ["ci/deep/er/c.yml"]],
    ["a pipeline that a job triggers", "a: {trigger: {include: [{local: ci/a.yml}]}}", ["ci/a.yml"]],
    [
      "not from elsewhere",
      "include: [{project: a/b, file: ci/a.yml}, {template: ci/a.yml}, 'https://a.test/ci/a.yml']",
      [],
    ],
    ["not what is no YAML", "include: ci/x.txt", []],
    ["not what has no file", "include: ci/none.yml", []],
  ])("%s", (_, text, expected) => {
    expect(found(gitlabCi.finds, { ...files, ".gitlab-ci.yml": `${text}\n` })).toEqual(expected);
  });

  test("as many as GitLab includes, though they include one another", () => {
    const many = Array.from({ length: 300 }, (_, i) => [`p/${i}.yml`, "include: ['p/*.yml', 'p/**.yml']\n"] as const);
    const all = { ...Object.fromEntries(many), ".gitlab-ci.yml": "include: 'p/*.yml'\n" };
    expect(found(gitlabCi.finds, all).length).toBeLessThanOrEqual(300);
    expect(found(gitlabCi.finds, all).length).toBeGreaterThanOrEqual(150);
  });
});
