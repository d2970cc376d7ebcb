import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";

const OAKUM = fileURLToPath(new URL("../../bin/oakum", import.meta.url));

let temporary = "";

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), "oakum-test-"));
});

afterEach(async () => {
  await rm(temporary, { recursive: true, force: true });
});

function startDemo() {
  const child = spawn(OAKUM, ["demo", "--once"], { env: { ...process.env, TMPDIR: temporary }, stdio: "pipe" });
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
