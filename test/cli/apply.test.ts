import { chmod, readdir, readFile, symlink, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { runApply } from "../../src/cli/apply.ts";
import type { PlanTools } from "../../src/cli/plan.ts";
import { dockerfile } from "../../src/manager/dockerfile/dockerfile.ts";
import type { Registry } from "../../src/registry/registry.ts";
import { asNobody, checkout } from "./checkout.ts";

const DIGEST = `sha256:${"a".repeat(64)}` as const;

/** A registry with one image, which does something to the checkout while it is asked. */
function toolsThat(meddle: () => Promise<void>): PlanTools {
  const registry: Pick<Registry, "tags" | "resolve" | "manifest"> = {
    async *tags() {
      yield "1.0.0";
    },
    async resolve({ registry: host, repository }) {
      await meddle();
      return { registry: host, repository, digest: DIGEST };
    },
    async manifest() {
      return undefined;
    },
  };
  return {
    managers: [dockerfile],
    openRegistries: async () => ({ registry: registry as Registry, allows: () => true, close: async () => {} }),
    now: () => 0,
  };
}

it.each<[title: string, meddle: (path: string, outside: string) => Promise<void>]>([
  ["with other text", (path) => writeFile(path, "FROM other:1.0.0\n")],
  ["gone", (path) => unlink(path)],
  ["a link to elsewhere", (path, outside) => unlink(path).then(() => symlink(outside, path))],
])("writes nothing to a file that is, by then, %s", async (_, meddle) => {
  const outside = join(await checkout({ target: "FROM a.test/b:1.0.0\n" }), "target");
  const folder = await checkout({ Dockerfile: `FROM a.test/b:1.0.0@sha256:${"b".repeat(64)}\n` });
  const output = { json: true, colours: false, out: () => {}, err: () => {} };
  const tools = toolsThat(() => meddle(join(folder, "Dockerfile"), outside));
  await expect(runApply({ folder, allowRegistry: [], output }, tools)).rejects.toMatchObject({ code: "CONFLICT" });
  expect(await readFile(outside, "utf8")).toBe("FROM a.test/b:1.0.0\n");
  expect((await readdir(folder)).filter((name) => name !== "Dockerfile")).toEqual([]);
});

it("writes all files or none", async () => {
  const before = `FROM a.test/b:1.0.0@sha256:${"b".repeat(64)}\n`;
  const folder = await checkout({ "a/Dockerfile": before, "b/Dockerfile": before });
  const output = { json: true, colours: false, out: () => {}, err: () => {} };
  const tools = toolsThat(() => writeFile(join(folder, "b/Dockerfile"), "FROM other:1.0.0\n"));
  await expect(runApply({ folder, allowRegistry: [], output }, tools)).rejects.toMatchObject({
    code: "CONFLICT",
    message: "b/Dockerfile changed while it was being updated: nothing was written",
  });
  expect(await readFile(join(folder, "a/Dockerfile"), "utf8")).toBe(before);
  expect((await readdir(folder, { recursive: true })).toSorted()).toEqual(["a", "a/Dockerfile", "b", "b/Dockerfile"]);
});

it("says which file it may not write", async () => {
  const folder = await checkout({ Dockerfile: `FROM a.test/b:1.0.0@sha256:${"b".repeat(64)}\n` });
  await chmod(folder, 0o555);
  onTestFinished(() => chmod(folder, 0o755));
  const output = { json: true, colours: false, out: () => {}, err: () => {} };
  const tools = toolsThat(async () => {});
  await expect(asNobody(() => runApply({ folder, allowRegistry: [], output }, tools))).rejects.toMatchObject({
    code: "INPUT",
    message: "Dockerfile cannot be written (EACCES): nothing was written",
  });
});
