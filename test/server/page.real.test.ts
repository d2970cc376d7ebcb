import axe from "axe-core";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMetrics } from "../../src/server/metrics.ts";
import { createServer, type Server } from "../../src/server/server.ts";
import type { OpenStore } from "../../src/store/store.ts";
import { freshStore } from "../store/database.ts";
import { hasBrowser, openBrowser, type Tab } from "./browser.ts";
import { fillWorld, NOW, old } from "./page-world.ts";

const AXE = axe.source;
const WIDE = { width: 1280, height: 900, deviceScaleFactor: 1, mobile: false };
const NARROW = { ...WIDE, width: 390, height: 844 };

/** Every kind of page, with everything on it that there can be. */
const PAGES = [
  "/",
  "/uses?exposure=critical",
  "/repositories",
  "/repositories/acme/shop",
  "/repositories/acme/shop/pulls/4",
  "/repositories/acme/till/pulls/3",
  "/images",
  "/images/ghcr.io/acme/secret-tool",
  `/images/docker.io/library/node?digest=${old}`,
  "/pulls",
  "/rollouts",
  "/ledger",
  "/search?q=s",
  "/vulnerabilities/CVE-2026-31001?state=not-affected",
  "/repositories/acme/none",
];

describe.runIf(hasBrowser)("in Chromium", () => {
  let store: OpenStore;
  let server: Server;
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  let tab: Tab;
  let url: string;

  beforeAll(async () => {
    store = await freshStore();
    await fillWorld(store);
    const events = { host: "github.com", app: 1, accepts: () => false };
    const parts = { verify: async () => false, hooks: new Map(), now: () => NOW, log: pino({ level: "silent" }) };
    server = createServer({ ...parts, events, store, metrics: createMetrics(store) });
    ({ url } = await server.listen(0));
    browser = await openBrowser();
    tab = browser.tab;
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await store.close();
  });

  const look = async (scheme: "light" | "dark", metrics: object) => {
    await tab.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
    await tab.send("Emulation.setDeviceMetricsOverride", metrics);
  };

  test.each(PAGES)(
    "%s: nothing hostile runs or loads, axe finds nothing, and it is read in any colours and width",
    async (path) => {
      await look("light", WIDE);
      await tab.open(url + path);
      expect(await tab.evaluate("document.querySelectorAll('script, img, iframe').length")).toBe(0);
      const isMissing = path.endsWith("/none");
      expect(tab.said.filter((line) => !(isMissing && line.includes("404")))).toEqual([]);
      await tab.evaluate(`${AXE}; undefined`);
      for (const scheme of ["light", "dark"] as const) {
        await look(scheme, WIDE);
        const found = await tab.evaluate<readonly unknown[]>(
          "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html, nodes[0].failureSummary]))",
        );
        expect(found).toEqual([]);
      }
      await look("light", NARROW);
      expect(await tab.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
    },
  );

  test("what who is not logged in sees", async () => {
    const logins = { address: () => "http://github.example/", person: async () => expect.unreachable() };
    const events = { host: "github.com", app: 1, accepts: () => false };
    const parts = { verify: async () => false, hooks: new Map(), now: () => NOW, log: pino({ level: "silent" }) };
    const guarded = createServer({ ...parts, logins, events, store, metrics: createMetrics(store) });
    const own = (await guarded.listen(0)).url;
    try {
      for (const path of ["/", "/logged-out", "/login/callback"]) {
        await tab.open(own + path);
        await tab.evaluate(`${AXE}; undefined`);
        expect(await tab.evaluate("axe.run().then(({ violations }) => violations.map(({ id }) => id))")).toEqual([]);
      }
    } finally {
      await guarded.close();
    }
  });

  test("axe and the console would have said so", async () => {
    await look("light", WIDE);
    await tab.open(
      `data:text/html,${encodeURIComponent("<a href=x></a><img src=http://evil.example/b onerror=console.log(1)>")}`,
    );
    await expect.poll(() => tab.said.join()).toContain("evil.example");
    await tab.evaluate(`${AXE}; undefined`);
    expect(await tab.evaluate("axe.run().then(({ violations }) => violations.map(({ id }) => id))")).toContain(
      "link-name",
    );
  });

  test("the keyboard reaches the content first, then everything in turn, and a focus is seen", async () => {
    await look("light", WIDE);
    await tab.open(url);
    const press = async (key: string, windowsVirtualKeyCode: number) => {
      const text = key === "Enter" ? { text: "\r" } : {};
      for (const type of ["keyDown", "keyUp"])
        await tab.send("Input.dispatchKeyEvent", { type, key, windowsVirtualKeyCode, ...text });
      return tab.evaluate<readonly string[]>(
        "[document.activeElement.textContent.trim(), getComputedStyle(document.activeElement).outlineStyle]",
      );
    };
    expect(await press("Tab", 9)).toEqual(["Skip to the content", "solid"]);
    const [name, outline] = await press("Tab", 9);
    expect([name, outline]).toEqual(["Oakum", "solid"]);
    expect((await press("Tab", 9))[0]).toBe("Overview");
    await tab.open(url);
    await press("Tab", 9);
    await press("Enter", 13);
    expect(await tab.evaluate("document.activeElement.id")).toBe("main");
    expect((await press("Tab", 9))[0]).toContain("known exploited");
  });

  test("a search works without a script", async () => {
    await tab.send("Emulation.setScriptExecutionDisabled", { value: true });
    await tab.open(`${url}/search?q=cve-2026-31001`);
    await tab.send("Emulation.setScriptExecutionDisabled", { value: false });
    expect(await tab.evaluate("document.title")).toBe("CVE-2026-31001 · Oakum");
  });
});
