import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { checkout, oakum } from "./checkout.ts";

const RENOVATE =
  '{ extends: [], pinDigests: true, rebaseWhen: "auto", baseBranches: ["next"], /* ours */ labels: ["deps"] }';

it("oakum migrate writes the translation, and on stderr what is not in it", async () => {
  const folder = await checkout({ "renovate.json": RENOVATE });
  const shown = await oakum(folder, "migrate", "--resolved", "renovate.json");
  expect(shown.code).toBe(0);
  expect(shown.stdout).toContain("version: 1\nmode: propose\n");
  expect(shown.stdout).toContain('branches: ["next"]');
  expect(shown.stderr).toContain("not translated: rebaseWhen: Oakum refreshes in place");
  expect(shown.stderr).toContain("oakum: 1 thing not translated");

  const written = await oakum(folder, "migrate", "--resolved", "renovate.json", "--out", "oakum.yml");
  expect([written.code, written.stdout]).toEqual([0, ""]);
  expect(await readFile(join(folder, "oakum.yml"), "utf8")).toBe(shown.stdout);
  const again = await oakum(folder, "migrate", "--resolved", "renovate.json", "--out", "oakum.yml");
  expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining("there is something already") });
});

it("oakum migrate translates Dependabot's configuration, and wants one of the two", async () => {
  const updates = "version: 2\nupdates:\n  - { package-ecosystem: docker, directory: /, assignees: [octocat] }\n";
  const folder = await checkout({ "dependabot.yml": updates, "broken.yml": "updates: [\n", "renovate.json": RENOVATE });
  const { code, stdout, stderr } = await oakum(folder, "migrate", "--dependabot", "dependabot.yml");
  expect(code).toBe(0);
  expect(stdout).toContain('match: { path: "*", kind: [dockerfile, kubernetes, gitops, helm] }');
  expect(stderr).toContain("not translated: updates[0].assignees: Oakum asks reviewers, and assigns nobody\n");
  const broken = await oakum(folder, "migrate", "--dependabot", "broken.yml");
  expect(broken).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(/broken\.yml:\d+:\d+: /) });
  for (const both of [[], ["--dependabot", "dependabot.yml", "--resolved", "renovate.json"]]) {
    const wrong = await oakum(folder, "migrate", ...both);
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("one of --resolved renovate.json and --dependabot"),
    });
  }
});

it.each([
  ["no such file", "none.json", "there is no such file"],
  ["no JSON", "broken.json", "not JSON"],
  ["a list", "list.json", "is an object"],
])("oakum migrate refuses %s", async (_, path, sentence) => {
  const folder = await checkout({ "broken.json": "{ extends: ", "list.json": "[]" });
  const { code, stdout, stderr } = await oakum(folder, "migrate", "--resolved", path);
  expect([code, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(sentence);
});
