import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { killProcess, spawnNode, startPart } from "../../sandbox/process.ts";
import { addressOf, createSettings, readSettings } from "../../sandbox/settings.ts";
import { until } from "../../sandbox/story.ts";

const HOLDER = fileURLToPath(new URL("holder-process.ts", import.meta.url));

test("a part ends with the process that started it, even by kill -9", async () => {
  const folder = mkdtempSync(join(tmpdir(), "oakum-process-"));
  try {
    const settings = await createSettings(folder, { pushes: false, sweep: "1h", repositories: [] });
    expect(readSettings(folder)).toEqual(settings);
    const url = addressOf(settings, "chat");
    const holder = spawnNode(HOLDER, ["chat", "--port", String(settings.ports.chat), "--state", folder]);
    await once(holder.stdout!, "data");
    expect((await fetch(url)).status).toBe(200);
    await killProcess(holder);
    await until("the part is gone", () =>
      fetch(url).then(
        () => false,
        () => true,
      ),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a part that cannot start says why", async () => {
  await expect(startPart("chat", [])).rejects.toThrow(/sandbox chat ended with 1: .*usage: chat --state DIR/s);
});
