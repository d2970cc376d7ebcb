import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { pushImage } from "../../sandbox/registry/image.ts";
import { layer } from "../../sandbox/registry/layer.ts";
import { startRegistry } from "../../sandbox/registry/server.ts";
import { unifiedDiff } from "../../src/core/text/unified-diff.ts";
import { applyEdits } from "../../src/core/use/edit.ts";
import type { Edit } from "../../src/core/use/use.ts";
import { checkout, jsonLines, oakum } from "./checkout.ts";

const FIXTURES = join(import.meta.dirname, "..", "fixtures");
/** The files of a folder, by path. */
async function filesOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const read = paths.map(async (path) => [path.slice(folder.length + 1), await readFile(path, "utf8")] as const);
  return Object.fromEntries(await Promise.all(read));
}

it("applies to every kind of file, and changes no other byte", async () => {
  const state = await mkdtemp(join(tmpdir(), "oakum-registry-"));
  onTestFinished(() => rm(state, { recursive: true, force: true }));
  const registry = await startRegistry({ state });
  onTestFinished(() => registry.close());
  const push = async (repository: string, tag: string) =>
    pushImage(registry.url, repository, [tag], { layers: [await layer({ "etc/version": repository + tag })] });
  await push("library/nginx", "1.27.3");
  await push("team/base", "2.1.0");
  const nginx = await push("library/nginx", "1.27.4");
  const base = await push("team/base", "2.1.1");

  const { host } = new URL(registry.url);
  const before = await filesOf(join(FIXTURES, "applied", "before"));
  const own = Object.entries(before).map(
    ([path, text]) => [path, text.replaceAll("registry.acme.example", host)] as const,
  );
  const folder = await checkout(Object.fromEntries(own));
  const planned = await oakum(folder, "plan", "--json", "--allow-registry", host);
  expect(await oakum(folder, "apply", "--json", "--allow-registry", host)).toMatchObject({ code: 0 });

  const written = await filesOf(folder);
  const edits = jsonLines(planned).flatMap((line) => (line as { edits: readonly Edit[] }).edits);
  for (const [path, text] of own) {
    const ofFile = edits.filter((edit) => edit.path === path);
    expect(applyEdits(text, ofFile)).toBe(written[path]);
  }
  const after = Object.entries(written).map(([path, text]) => {
    const read = text.replaceAll(host, "registry.acme.example").replaceAll(nginx, "NGINX").replaceAll(base, "BASE");
    return [path, read] as const;
  });
  const changes = after
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, text]) => unifiedDiff(path, before[path] ?? "", text));
  expect(changes.join("").replaceAll("\r", "\\r")).toBe(
    await readFile(join(FIXTURES, "applied", "changes.diff"), "utf8"),
  );
  expect(after.length).toBe(Object.keys(before).length);
});
