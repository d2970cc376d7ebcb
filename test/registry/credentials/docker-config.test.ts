import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createDockerConfig } from "../../../src/registry/credentials/docker-config.ts";

const encode = (login: string) => Buffer.from(login).toString("base64");

/** Asks a configuration, with these helpers (name → a shell script) on PATH. */
async function loginFor(
  registry: string,
  config: unknown,
  helpers: Readonly<Record<string, string>> = {},
  helperTimeout = 10_000,
) {
  const folder = await mkdtemp(join(tmpdir(), "oakum-docker-config-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  if (config !== undefined) {
    await writeFile(join(folder, "config.json"), typeof config === "string" ? config : JSON.stringify(config));
  }
  for (const [name, script] of Object.entries(helpers)) {
    const path = join(folder, `docker-credential-${name}`);
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o700);
  }
  const environment = { DOCKER_CONFIG: folder, PATH: [folder, process.env.PATH].join(delimiter) };
  return createDockerConfig({ environment, helperTimeout })({ registry, repository: "team/app" });
}

const AUTHS = {
  "https://index.docker.io/v1/": { auth: encode("hub:pass:word") },
  "ghcr.io": { username: "octo", password: "pw" },
  "https://quay.io/v1/": { auth: encode("robot:pw\0\0") },
  "registry.acme.example:5000": { identitytoken: "refresh", auth: encode("<token>:") },
  "empty.example": {},
  "broken.example": { auth: "no colon" },
};

test.each([
  ["docker.io", { username: "hub", password: "pass:word" }],
  ["ghcr.io", { username: "octo", password: "pw" }],
  ["quay.io", { username: "robot", password: "pw" }],
  ["registry.acme.example:5000", { username: "<token>", password: "refresh" }],
  ["registry.acme.example", undefined],
  ["empty.example", undefined],
  ["broken.example", undefined],
  ["constructor", undefined],
])("the file's login for %s", async (registry, expected) => {
  expect(await loginFor(registry, { auths: AUTHS })).toEqual(expected);
});

test("no file, no login", async () => {
  expect(await loginFor("ghcr.io", undefined)).toBeUndefined();
});

test.each([
  ["no JSON", '{"auths": {"ghcr.io": {"auth": "c2VjcmV0"'],
  ["no configuration", { auths: { "ghcr.io": { auth: 7 } } }],
  ["more than a megabyte", " ".repeat(1024 * 1024 + 1)],
])("%s is INPUT, and not quoted", async (_, config) => {
  const asked = loginFor("ghcr.io", config);
  await expect(asked).rejects.toMatchObject({ code: "INPUT", message: expect.not.stringContaining("c2VjcmV0") });
});

const ECHO = `read server; printf '{"ServerURL":"%s","Username":"of %s","Secret":"pw"}' "$server" "$server"`;

test("a registry's own helper comes before the store, and both before the file", async () => {
  const store = `printf '{"Username":"store","Secret":"pw"}'`;
  const config = { auths: AUTHS, credHelpers: { "ghcr.io": "own" }, credsStore: "store" };
  expect(await loginFor("ghcr.io", config, { own: ECHO, store })).toEqual({ username: "of ghcr.io", password: "pw" });
  expect(await loginFor("quay.io", config, { own: ECHO, store })).toEqual({ username: "store", password: "pw" });
});

test("Docker Hub's login is asked for by its old address", async () => {
  expect(await loginFor("docker.io", { credsStore: "own" }, { own: ECHO })).toMatchObject({
    username: "of https://index.docker.io/v1/",
  });
});

test("a helper without a login says so", async () => {
  const none = "echo 'credentials not found in native keychain'; exit 1";
  expect(await loginFor("ghcr.io", { credsStore: "none" }, { none })).toBeUndefined();
});

test.each([
  ["fails", "echo s3cret; echo s3cret >&2; exit 1"],
  ["prints no JSON", "echo s3cret"],
  ["prints no secret", `printf '{"Username":"s3cret","Secret":""}'`],
  ["prints without end", "exec yes s3cret"],
])("a helper that %s is UNAVAILABLE, and its words stay out of the error", async (_, bad) => {
  const asked = loginFor("ghcr.io", { credsStore: "bad" }, { bad });
  await expect(asked).rejects.toMatchObject({ code: "UNAVAILABLE", message: expect.not.stringContaining("s3cret") });
});

test("a helper that never answers is ended", async () => {
  const asked = loginFor("ghcr.io", { credsStore: "slow" }, { slow: "exec sleep 600" }, 50);
  await expect(asked).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("a helper that is not there is UNAVAILABLE", async () => {
  await expect(loginFor("ghcr.io", { credsStore: "missing" })).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test.each(["../evil", "/bin/sh", "a b", "a;b", "-x"])("a helper named %j is not run", async (name) => {
  await expect(loginFor("ghcr.io", { credHelpers: { "ghcr.io": name } })).rejects.toMatchObject({ code: "INPUT" });
});
