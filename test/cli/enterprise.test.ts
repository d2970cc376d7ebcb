import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import type { IndexedUse } from "../../src/store/inverted-index.ts";
import { startEnterprise } from "../sandbox/enterprise.ts";
import { TestWorld } from "../sandbox/github/world.ts";
import { checkout } from "./checkout.ts";
import { press, Setup } from "./walk.ts";

const OAKUM = fileURLToPath(new URL("../../bin/oakum", import.meta.url));

test("a GitHub Enterprise Server is worked with from setup to the first sweep, by its own addresses alone", async () => {
  const world = await TestWorld.start();
  onTestFinished(() => world.stop());
  const server = await startEnterprise(world.github.url);
  onTestFinished(server.close);
  const { host, trust, asked } = server;
  const folder = await checkout({});
  const setup = new Setup(folder, trust, "--host", host, "--org", "acme", "--tier", "observe", "--name", "ours");
  const page = await (await fetch(await setup.start())).text();
  const form = `https://${host}/organizations/acme/settings/apps/new`;
  expect(page).toContain(form);
  // The person's browser is not Oakum, and need not trust what this test does.
  const asking = await press(new Response(page.replaceAll(`https://${host}`, world.github.url)), world.github.url);
  const back = (await press(asking)).headers.get("location") ?? "";
  expect([(await fetch(back)).status, await setup.ended()]).toEqual([200, 0]);
  expect(setup.stdout).toContain(`https://${host}/apps/ours/installations/new`);

  const lines = (await readFile(join(folder, "oakum-secrets", "oakum.env"), "utf8")).trim().split("\n");
  const environment = Object.fromEntries(lines.map((line) => line.split("=", 2)));
  expect(environment).toMatchObject({ GHE_HOST: host });
  await world.order("POST", "installations", { app: Number(environment.APP_ID), account: "acme" });
  // Of a registry that nobody is asked to ask.
  const files = { Dockerfile: "FROM registry.acme.test/base:1\n" };
  await world.order("POST", "repositories", { owner: "acme", name: "till", files });

  const env = { PATH: process.env.PATH, ...environment, ...trust, PORT: "0", LOG_LEVEL: "silent" };
  const child = spawn(OAKUM, ["serve"], { env: { ...env, OAKUM_DATA: join(folder, "data") } });
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await once(child, "exit");
  });
  const [up] = await once(createInterface({ input: child.stdout }), "line");
  const url = /http:\/\/\S+/.exec(up)?.[0] ?? "";
  const uses = async () => {
    const all = (await (await fetch(`${url}/api/uses`)).json()) as Record<string, readonly IndexedUse[]>;
    return all["acme/till"]?.map(({ text, reason }) => [text, reason?.code]);
  };
  await expect
    .poll(uses, { timeout: 45_000, interval: 100 })
    .toEqual([["registry.acme.test/base:1", "registry-not-allowed"]]);
  const login = await fetch(`${url}/login`, { redirect: "manual" });
  expect(login.headers.get("location")).toContain(`https://${host}/login/oauth/authorize?`);

  expect(server.strayed()).toEqual([]);
  expect(asked).toContain("/api/graphql");
  expect(await world.order("GET", "violations")).toEqual([]);
}, 120_000);
