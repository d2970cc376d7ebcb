import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { conclude } from "../../src/cli/demo.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const OAKUM = join(ROOT, "bin/oakum");

let temporary = "";

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), "oakum-test-"));
});

afterEach(async () => {
  await rm(temporary, { recursive: true, force: true });
});

function startDemo(main = OAKUM) {
  const child = spawn(main, ["demo", "--once"], { env: { ...process.env, TMPDIR: temporary }, stdio: "pipe" });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  return { child, text: () => text };
}

it.each(["SIGTERM", "SIGINT", "SIGHUP"] as const)("ends at once by %s, and leaves nothing behind", async (signal) => {
  const { child, text } = startDemo();
  await once(child.stdout, "data");
  child.kill(signal);
  // Its parts hold the other ends of the pipes: closed means that they are gone too.
  const [code] = await once(child, "close");
  expect(code).toBe(1);
  expect(text()).toMatch(/^The whole story.*oakum: ended before the story did\n$/s);
  expect(text()).not.toContain("\u001b");
  expect(await readdir(temporary)).toEqual([]);
});

it("leaves nothing behind when nobody reads on", async () => {
  const { child } = startDemo();
  await once(child.stdout, "data");
  child.stdout.destroy();
  await once(child, "exit");
  expect(await readdir(temporary)).toEqual([]);
});

it.each([
  ["the sandbox", ["bin", "src", "package.json"]],
  ["a development dependency", ["bin", "src", "package.json", "app.yml", "sandbox"]],
])("says plainly that it needs a whole clone where %s is missing", async (_, parts) => {
  const copy = join(temporary, "copy");
  for (const part of parts) await cp(join(ROOT, part), join(copy, part), { recursive: true });
  await mkdir(join(copy, "node_modules"));
  for (const name of await readdir(join(ROOT, "node_modules"))) {
    if (name !== "ajv" && name !== ".cache")
      await symlink(join(ROOT, "node_modules", name), join(copy, "node_modules", name));
  }
  const { child, text } = startDemo(join(copy, "bin/oakum"));
  const [code] = await once(child, "close");
  expect(text().replace(/^The whole story.*\n\n/, "")).toBe(
    "oakum: the demo needs a clone of Oakum's repository with its development dependencies (npm ci)\n",
  );
  expect(code).toBe(2);
  expect(await readdir(temporary)).toEqual(["copy"]);
});

it.each([
  {
    met: true,
    code: 0,
    out: "\n✓ a: merged\n✓ b: untouched\n\nIt ended as it should, after 1.5 s.\n",
    err: "",
  },
  {
    met: false,
    code: 1,
    out: "\n✗ a: merged; found no pull\n✓ b: untouched\n\nIt did not end as it should, after 1.5 s.\n",
    err: "\nThe end of Oakum's log:\nwhat happened\n",
  },
])("exits $code when a sentence of the ending is met: $met", ({ met, ...expected }) => {
  const said = { out: "", err: "" };
  const output = {
    ...{ json: false, colours: false },
    out(text: string) {
      said.out += text;
    },
    err(text: string) {
      said.err += text;
    },
  };
  const ending = [
    { sentence: "a: merged", met, found: "no\u001b pull" },
    { sentence: "b: untouched", met: true, found: "" },
  ];
  expect({ code: conclude(output, ending, 1500, () => "what happened"), ...said }).toEqual(expected);
});
