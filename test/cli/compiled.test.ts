import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";

const COMPILED = new URL("../../src/cli/compiled.ts", import.meta.url).href;
/** Something to compile, once it was decided whether that is kept. */
const SCRIPT = `
  const { keepCompiled } = await import(${JSON.stringify(COMPILED)});
  keepCompiled(process.env);
  await import(${JSON.stringify(new URL("../../src/core/reference.ts", import.meta.url).href)});
`;

const root = mkdtempSync(join(tmpdir(), "oakum-compiled-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The folder of a person's caches, and what lies in Oakum's once a process has ended. */
async function keptIn(name: string, prepare: (caches: string) => void): Promise<readonly string[]> {
  const caches = join(root, name, ".cache");
  mkdirSync(caches, { recursive: true });
  prepare(caches);
  const env = { HOME: join(root, name) };
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", SCRIPT], { env });
  return readdirSync(join(caches, "oakum"));
}

test("what was compiled is kept in the person's own cache", async () => {
  expect(await keptIn("own", () => {})).toHaveLength(1);
});

test("nothing is kept where others may write, or where a link leads", async () => {
  const shared = keptIn("shared", (caches) => {
    mkdirSync(join(caches, "oakum"));
    chmodSync(join(caches, "oakum"), 0o777);
  });
  const linked = keptIn("linked", (caches) => {
    mkdirSync(join(caches, "elsewhere"), { mode: 0o777 });
    symlinkSync("elsewhere", join(caches, "oakum"));
  });
  expect(await Promise.all([shared, linked])).toEqual([[], []]);
});
