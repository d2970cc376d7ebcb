import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ASKED } from "../../src/config/app-manifest.ts";
import { readServeEnvironment } from "../../src/config/environment.ts";
import type { Tier } from "../../src/config/tier.ts";
import { TestWorld } from "../sandbox/github/world.ts";
import { checkout, oakum } from "./checkout.ts";
import { press, Setup, walk } from "./walk.ts";

const URL_OPTION = ["--url", "https://oakum.example.com/"] as const;

let world: TestWorld;
beforeAll(async () => {
  world = await TestWorld.start();
});
afterAll(async () => {
  expect(await world.order("GET", "violations")).toEqual([]);
  await world.stop();
});

/** Where the sandbox is. */
function sandbox() {
  return { OAKUM_GITHUB_URL: `${world.github.url}/api/v3` };
}

async function filesOf(folder: string) {
  const names = (await readdir(folder)).toSorted();
  const read = names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const);
  return new Map(await Promise.all(read));
}

describe("oakum setup", () => {
  it.each<[tier: Tier, owner: string, args: readonly string[]]>([
    ["observe", "acme", ["--org", "acme"]],
    ["propose", "octocat", []],
    ["deploy", "acme", ["--org", "acme"]],
  ])("registers an App of tier %s for %s, and keeps its secrets for its user alone", async (tier, owner, args) => {
    const folder = await checkout({});
    const setup = new Setup(folder, sandbox(), ...args, "--tier", tier, "--name", `oakum ${tier}`);
    const back = await walk(setup);
    const done = await fetch(back);
    expect([done.status, await setup.ended()]).toEqual([200, 0]);

    const secrets = join(folder, "oakum-secrets");
    expect((await stat(secrets)).mode & 0o777).toBe(0o700);
    const files = await filesOf(secrets);
    for (const name of files.keys()) expect((await stat(join(secrets, name))).mode & 0o777).toBe(0o600);
    const variables = Object.fromEntries((files.get("oakum.env") ?? "").split("\n").map((line) => line.split("=", 2)));
    const environment = readServeEnvironment(variables, (path) => {
      const [name = ""] = path.split("/").slice(-1);
      return files.get(name) ?? "";
    });
    expect(environment.github.api).toBe(`${world.github.url}/api/v3`);

    // Nothing that is secret was shown to anyone.
    const told = setup.stdout + setup.stderr + (await done.text());
    for (const name of ["webhook-secret", "client-secret"]) expect(told).not.toContain(files.get(name)?.trim());
    expect(told).not.toContain("PRIVATE KEY");
    expect(setup.stdout).toContain(`/apps/oakum-${tier}/installations/new`);
    expect(files.get("oakum.env")).not.toContain(files.get("webhook-secret")?.trim());

    const auth = { appId: environment.appId, privateKey: environment.privateKey.reveal() };
    const octokit = new Octokit({ authStrategy: createAppAuth, auth, baseUrl: environment.github.api });
    const { data } = await octokit.rest.apps.getAuthenticated();
    expect(data).toMatchObject({
      slug: `oakum-${tier}`,
      owner: { login: owner },
      permissions: ASKED[tier].permissions,
      events: ASKED[tier].events,
    });
    const { data: hook } = await octokit.rest.apps.getWebhookConfigForApp();
    expect(hook.url).toBe("https://oakum.example.com/api/github/webhooks");
  });

  it("goes on by itself where scripts run, and keeps what it knows from GitHub's logs and other pages", async () => {
    const setup = new Setup(await checkout({}), sandbox());
    const page = await fetch(await setup.start());
    const text = await page.text();
    const [, nonce] =
      /<script nonce="([^"]+)">document\.getElementById\("manifest"\)\.submit\(\)<\/script>/.exec(text) ?? [];
    expect(page.headers.get("content-security-policy")).toContain(`script-src 'nonce-${nonce}'`);
    expect(page.headers.get("referrer-policy")).toBe("no-referrer");
    expect(page.headers.get("cache-control")).toBe("no-store");
    setup.interrupt();
    expect(await setup.ended()).toBe(1);
  });

  it("does nothing for a state that it did not give, nor under another name, and still waits", async () => {
    const folder = await checkout({});
    const setup = new Setup(folder, sandbox(), "--name", "patient");
    const back = await walk(setup);
    const state = back.searchParams.get("state") ?? "";
    for (const hostile of ["", "x", `${state}x`, state.slice(1)]) {
      const forged = new URL(back);
      forged.searchParams.set("state", hostile);
      expect((await fetch(forged)).status).toBe(400);
    }
    const shapeless = new URL(back);
    shapeless.searchParams.set("code", "../../user");
    expect((await fetch(shapeless)).status).toBe(400);
    const guessed = new URL("/start/guessed", back);
    expect((await fetch(guessed)).status).toBe(404);
    const renamed = new URL(back);
    renamed.hostname = "localhost";
    expect((await fetch(renamed)).status).toBe(421);
    expect(await readdir(join(folder, "oakum-secrets"))).toEqual([]);

    expect((await fetch(back)).status).toBe(200);
    expect(await setup.ended()).toBe(0);
  });

  it("shows its start page, with the state in it, once", async () => {
    const setup = new Setup(await checkout({}), sandbox());
    const start = await setup.start();
    expect((await fetch(start, { method: "HEAD" })).status).toBe(405);
    expect(await (await fetch(start)).text()).toContain("state=");
    const again = await fetch(start);
    expect([again.status, await again.text()]).toEqual([410, expect.not.stringContaining("state=")]);
    setup.interrupt();
    expect(await setup.ended()).toBe(1);
  });

  it("keeps nothing of an App that is not the organisation's", async () => {
    const folder = await checkout({});
    const setup = new Setup(folder, sandbox(), "--org", "acme", "--name", "elsewhere");
    // What the browser shows may have been changed on its way: here the account that the form is sent for.
    const page = await (await fetch(await setup.start())).text();
    const moved = page.replace("/organizations/acme/settings/", "/settings/");
    expect(moved).not.toBe(page);
    const asked = await press(new Response(moved), world.github.url);
    const back = new URL((await press(asked)).headers.get("location") ?? "");
    expect((await fetch(back)).status).toBe(502);
    expect(await setup.ended()).toBe(2);
    expect(setup.stderr).toMatch(/the App elsewhere was registered for octocat, not for acme.*delete it at http/);
    expect(existsSync(join(folder, "oakum-secrets"))).toBe(false);
  });

  it("says that a code was used already, and leaves no folder behind", async () => {
    const folder = await checkout({});
    const setup = new Setup(folder, sandbox(), "--name", "reused");
    const back = await walk(setup);
    const code = back.searchParams.get("code");
    const stolen = await fetch(`${world.github.url}/api/v3/app-manifests/${code}/conversions`, { method: "POST" });
    expect(stolen.status).toBe(201);
    expect((await fetch(back)).status).toBe(502);
    expect(await setup.ended()).toBe(2);
    expect(setup.stderr).toContain("used already");
    expect(existsSync(join(folder, "oakum-secrets"))).toBe(false);
  });

  it.each<[string, string, readonly string[]]>([
    ["there is something already", "oakum-secrets: there is something already", []],
    ["no folder above", "the folder above it does not exist", ["--out", "none/secrets"]],
    ["an address that cannot be kept", "without spaces", ["--out", "my secrets"]],
    ["plain http", "https://", ["--url", "http://oakum.example.com"]],
    ["a login in the address", "https://", ["--url", "https://me:pw@oakum.example.com"]],
    ["an odd organisation", "--org", ["--org", "acme/../x"]],
    ["an odd host", "--host", ["--host", "evil.example/x?"]],
    ["a long name", "--name", ["--name", "x".repeat(35)]],
  ])("refuses %s before anything is asked of GitHub", async (_, sentence, args) => {
    const folder = await checkout({});
    await mkdir(join(folder, "oakum-secrets"));
    const { code, stderr, stdout } = await oakum(folder, "setup", ...URL_OPTION, "--no-open", ...args);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(sentence);
    expect(await readdir(join(folder, "oakum-secrets"))).toEqual([]);
  });
});

describe("GitHub's form", () => {
  const manifest = {
    name: "odd",
    url: "https://oakum.example.com",
    redirect_url: "http://127.0.0.1:1/",
    hook_attributes: { url: "https://oakum.example.com/" },
  };
  it.each<[string, object]>([
    ["an unknown key", { ...manifest, hooks: {} }],
    ["a permission that there is not", { ...manifest, default_permissions: { everything: "write" } }],
    ["an event without its permission", { ...manifest, default_events: ["check_run"] }],
    ["a webhook to itself", { ...manifest, hook_attributes: { url: "http://localhost/" } }],
    ["a name that is taken", { ...manifest, name: "oakum" }],
  ])("refuses %s", async (_, asked) => {
    const body = new URLSearchParams({ manifest: JSON.stringify(asked), create: "yes" });
    const answer = await fetch(`${world.github.url}/settings/apps/new`, { method: "POST", body, redirect: "manual" });
    expect(answer.status).toBe(422);
  });
});
