import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { inflateSync } from "node:zlib";
import { pino } from "pino";
import { expect, test } from "vitest";
import { createMetrics } from "../../src/server/metrics.ts";
import { createServer } from "../../src/server/server.ts";
import { freshStore } from "../store/database.ts";

const CHROMIUM = "/usr/bin/chromium";
const HOSTILE = `</td><script src="http://evil.example/a"></script>"'><img src=http://evil.example/b onerror=console.log(1)>`;

test.runIf(process.env.CI || existsSync(CHROMIUM))(
  "nothing hostile runs or loads in Chromium, light or dark",
  async (own) => {
    const folder = mkdtempSync(join(tmpdir(), "oakum-page-"));
    const store = await freshStore();
    const parts = { verify: async () => false, hooks: new Map(), now: Date.now, log: pino({ level: "silent" }) };
    const events = { host: "github.com", app: 1, accepts: () => false };
    const server = createServer({ ...parts, events, store, metrics: createMetrics(store) });
    own.onTestFinished(async () => {
      await server.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    });
    const named = { owner: HOSTILE, name: HOSTILE, defaultBranch: "main", private: true, archived: false };
    const repository = { host: "github.com", installation: 7, repository: 11, ...named };
    await store.index.saveRepository(repository);
    await store.index.saveUses(repository, "1".repeat(40), [{ path: HOSTILE, line: 1, text: HOSTILE, state: "held" }]);
    await store.ledger.append({ subject: HOSTILE, transition: HOSTILE, cause: HOSTILE, data: {} }, 1);
    const { url } = await server.listen(0);

    // A script that runs, and whatever loads, is refused or cannot be found, all speak on the console.
    const away = "--host-resolver-rules=MAP evil.example ~NOTFOUND";
    const fixed = ["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", away];
    const browse = (address: string, ...how: readonly string[]) =>
      promisify(execFile)(CHROMIUM, [...fixed, `--user-data-dir=${folder}/profile`, ...how, address]);
    const shown = await browse(url, "--dump-dom");
    expect(shown.stdout).toContain("&lt;script src=");
    expect([shown.stdout.match(/<(script|img)/g), shown.stderr.match(/CONSOLE.*/g)]).toEqual([null, null]);
    const naive = `data:text/html,${encodeURIComponent(HOSTILE)}`;
    expect((await browse(naive, "--dump-dom")).stderr).toContain("CONSOLE");

    for (const [scheme, paper] of Object.entries({ 1: "ffffff", 0: "15181b" })) {
      await browse(url, `--blink-settings=preferredColorScheme=${scheme}`, `--screenshot=${folder}/page.png`);
      expect(firstPixel(readFileSync(`${folder}/page.png`))).toBe(paper);
    }
  },
);

/** The colour of a PNG's first pixel (RFC 2083), the one that no filter changes. */
function firstPixel(png: Buffer): string {
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    if (png.toString("latin1", at + 4, at + 8) === "IDAT")
      data.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  return inflateSync(Buffer.concat(data)).toString("hex", 1, 4);
}
