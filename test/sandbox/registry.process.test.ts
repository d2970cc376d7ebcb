import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { pushImage } from "../../sandbox/registry/image.ts";
import { layer } from "../../sandbox/registry/layer.ts";

const MAIN = fileURLToPath(new URL("../../sandbox/registry/main.ts", import.meta.url));

/** The registry as a process; `ended` is its exit code or signal. */
async function started(...options: string[]) {
  const child = spawn(process.execPath, [MAIN, ...options], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise<number | string | null>((resolve) =>
    child.once("exit", (code, signal) => resolve(code ?? signal)),
  );
  onTestFinished(() => void child.kill("SIGKILL"));
  const line = await new Promise<string>((resolve) => createInterface({ input: child.stdout }).once("line", resolve));
  return { child, ended, ready: JSON.parse(line) as { ready: boolean; url: string } };
}

test("it says where it listens, survives kill -9 with its state, and ends at SIGTERM", async () => {
  const state = await mkdtemp(join(tmpdir(), "oakum-registry-process-"));
  onTestFinished(() => rm(state, { recursive: true }));
  const first = await started("--port", "0", "--state", state);
  expect(first.ready).toEqual({ ready: true, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) });
  const digest = await pushImage(first.ready.url, "a", ["1"], { layers: [await layer({ x: "y" })] });
  first.child.kill("SIGKILL");
  expect(await first.ended).toBe("SIGKILL");

  const second = await started("--state", state);
  const head = await fetch(`${second.ready.url}/v2/a/manifests/1`, { method: "HEAD" });
  expect(head.headers.get("docker-content-digest")).toBe(digest);
  second.child.kill("SIGTERM");
  expect(await second.ended).toBe(0);
});
