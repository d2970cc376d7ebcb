import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { hasBrowser, openBrowser } from "../server/browser.ts";
import { World } from "./world.ts";

/** The README's picture is made anew by `PICTURES=1 npx vitest run --project real test/flow/picture.real.test.ts`. */
const PICTURE = fileURLToPath(new URL("../../docs/pull-request.png", import.meta.url));
const WIDTH = 960;

it.runIf(hasBrowser)(
  "a pull request shows to a person what it changes, why, and what they can do about it",
  async (test) => {
    const world = await World.start(test);
    const environments = ["environment: staging, soak: 2h", "environment: production, after: staging"];
    const { shop } = await world.patchedShop({ merge: "approval", environments }, "payments");
    await world.sweep(60);
    const { number } = await shop.pull();
    const { tab, close } = await openBrowser();
    test.onTestFinished(close);
    await tab.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: "light" }] });
    const metrics = { width: WIDTH, height: 900, deviceScaleFactor: 1, mobile: false };
    await tab.send("Emulation.setDeviceMetricsOverride", metrics);
    await tab.open(`${world.around.github}/acme/payments/pull/${number}`);

    const text = await tab.evaluate<string>("document.body.innerText");
    expect(text).toMatch(/Why now[\s\S]*fixed by this change[\s\S]*introduced[\s\S]*remaining/);
    expect(text).toContain("/oakum snooze");
    expect(
      await tab.evaluate<number>("document.querySelectorAll('article input[type=checkbox]').length"),
    ).toBeGreaterThan(5);
    // Nothing of it is cut off at the side.
    expect(await tab.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(WIDTH);
    if (process.env.PICTURES === undefined) return;
    const height = await tab.evaluate<number>("document.documentElement.scrollHeight");
    const clip = { x: 0, y: 0, width: WIDTH, height, scale: 1 };
    const shot = await tab.send("Page.captureScreenshot", { format: "png", captureBeyondViewport: true, clip });
    await writeFile(PICTURE, String(shot?.data), "base64");
  },
);
