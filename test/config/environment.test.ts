import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { readServeEnvironment, readStoreEnvironment } from "../../src/config/environment.ts";

const KEY = "-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----\n";
const NEEDED = { APP_ID: "7", PRIVATE_KEY: KEY, WEBHOOK_SECRET: "hush-hush-hush-hush" };
const files = (path: string): string => {
  if (path === "/key") return KEY;
  throw new Error(`no such file: ${path}`);
};
const serve = (variables: Record<string, string>) => readServeEnvironment(variables, files);

describe("readServeEnvironment", () => {
  it("needs the App, and has a default for everything else", () => {
    const { privateKey, webhookSecret, ...rest } = serve(NEEDED);
    expect(rest).toEqual({
      appId: 7,
      data: ".oakum",
      github: { host: "github.com", api: "https://api.github.com", web: "https://github.com" },
      host: "127.0.0.1",
      port: 3000,
      proxies: [],
      logLevel: "info",
    });
    expect([privateKey.reveal(), webhookSecret.reveal()]).toEqual([KEY, "hush-hush-hush-hush"]);
  });

  it.each<[title: string, variables: Record<string, string>, expected: object]>([
    [
      "GitHub Enterprise Server",
      { GHE_HOST: "ghe.acme.test" },
      { github: { host: "ghe.acme.test", api: "https://ghe.acme.test/api/v3" } },
    ],
    [
      "the sandbox",
      { OAKUM_GITHUB_URL: "http://127.0.0.1:9/" },
      { github: { host: "127.0.0.1:9", api: "http://127.0.0.1:9" } },
    ],
    [
      "everything else",
      { PORT: "0", HOST: "::", LOG_LEVEL: "debug", OAKUM_DATA: "/d", OAKUM_CONFIG: "/c" },
      { port: 0, host: "::", logLevel: "debug", data: "/d", operatorFile: "/c" },
    ],
    [
      "the proxies in front",
      { TRUSTED_PROXIES: "10.0.0.0/8, 192.0.2.7,fd00::/8" },
      { proxies: ["10.0.0.0/8", "192.0.2.7", "fd00::/8"] },
    ],
    ["empty as not set", { PORT: "", OAKUM_CONFIG: "" }, { port: 3000 }],
  ])("reads %s", (_, variables, expected) => {
    expect(serve({ ...NEEDED, ...variables })).toMatchObject(expected);
  });

  it.each<[title: string, key: Record<string, string>]>([
    ["a file", { PRIVATE_KEY_FILE: "/key" }],
    ["one line", { PRIVATE_KEY: KEY.trim().replaceAll("\n", "\\n") }],
    ["base64", { PRIVATE_KEY: Buffer.from(KEY).toString("base64") }],
  ])("takes the private key from %s", (_, key) => {
    const { PRIVATE_KEY: _key, ...rest } = NEEDED;
    expect(serve({ ...rest, ...key }).privateKey.reveal()).toBe(KEY);
  });

  it("names everything that is wrong at once, and no value", () => {
    const variables = {
      APP_ID: "x-value",
      PRIVATE_KEY: "y-value",
      WEBHOOK_SECRET_FILE: "/none",
      PORT: "70000",
      LOG_LEVEL: "z-value",
      GHE_HOST: "a",
      GHE_HOST_FILE: "b",
    };
    const message = [
      "the environment is not complete:",
      "WEBHOOK_SECRET_FILE names a file that cannot be read",
      "GHE_HOST_FILE is set beside GHE_HOST: set one of them",
      "APP_ID must be a number",
      "PRIVATE_KEY must be a private key in PEM, or that in base64",
      "PORT must be a port from 0 to 65535",
      "LOG_LEVEL must be a level of pino",
    ].join("\n");
    expect(() => serve(variables)).toThrow(expect.objectContaining({ code: "INPUT", message }));
    expect(() => serve({})).toThrow(/APP_ID is required\nPRIVATE_KEY is required\nWEBHOOK_SECRET is required/);
  });

  it.each(["proxy", "10.0.0.0/33", "::/129", "10.0.0.0/8/8", "10.0.0.0/", "10.0.0.1,"])(
    "takes %s for no proxies",
    (text) => {
      expect(() => serve({ ...NEEDED, TRUSTED_PROXIES: text })).toThrow(
        "TRUSTED_PROXIES must be addresses or networks",
      );
    },
  );

  it("refuses the webhook secret that everyone knows", () => {
    expect(() => serve({ ...NEEDED, WEBHOOK_SECRET: "development" })).toThrow("must have 16 characters or more");
  });
});

describe("readStoreEnvironment", () => {
  it("asks for nothing, and keeps the database's password to itself", () => {
    expect(readStoreEnvironment({}, files)).toEqual({ data: ".oakum" });
    const { databaseUrl } = readStoreEnvironment({ DATABASE_URL: "postgres://u:p4ss@h/d" }, files);
    expect(databaseUrl?.reveal()).toBe("postgres://u:p4ss@h/d");
    expect(inspect(databaseUrl)).not.toContain("p4ss");
  });
});
