import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { loadOperator } from "../../src/config/operator.ts";
import { createSecretReader, Secret } from "../../src/config/secret.ts";

const read = createSecretReader({ HOOK: "a-long-hook-secret", SHORT: "15-characters..", EMPTY: "" }, (path) => {
  if (path === "/run/secrets/password") return "pass-word\n";
  throw new Error("no such file");
});

const WHOLE = `accounts: [acme, 9919]
policyRepository: 42
registries:
  - host: registry.acme.test:5000
    plainHttp: true
    private: true
    hook: { kind: distribution, secret: env:HOOK }
environments:
  - { name: production, repository: "acme/*", running: "https://cd.acme.test/{owner}/{name}/{environment}", creators: ["deploy[bot]"] }
channels:
  ops: { kind: webhook, url: "https://chat.acme.test/hook", secret: file:/run/secrets/password }
osv: { url: "https://osv.acme.test" }
sweep: 5m
`;

const load = (text: string) => loadOperator({ path: "operator.yml", text }, read);

describe("loadOperator", () => {
  it("is everything by default without a file", () => {
    expect(loadOperator(undefined, read)).toEqual({
      registries: [],
      environments: [],
      channels: {},
      osv: {
        url: "https://api.osv.dev",
        kev: "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json",
      },
      watch: 900,
      sweep: 86_400,
    });
  });

  it("reads everything, secrets through their reader", () => {
    const operator = load(WHOLE);
    expect(operator).toMatchObject({ accounts: ["acme", 9919], policyRepository: [42], sweep: 300 });
    expect(operator.registries[0]?.hook?.secret.reveal()).toBe("a-long-hook-secret");
    expect(operator.channels.ops?.secret?.reveal()).toBe("pass-word");
    expect(operator.channels.ops?.url).toBe("https://chat.acme.test/hook");
  });

  it("takes one policy repository for all, or one for each organisation", () => {
    expect(load("policyRepository: [42, 43]\n").policyRepository).toEqual([42, 43]);
    for (const wrong of ["acme/policy", "[]", "[acme/policy]", "0"])
      expect(() => load(`policyRepository: ${wrong}\n`)).toThrow("write the numeric id of a repository");
  });

  it("shows no secret, however it is printed", () => {
    const operator = load(WHOLE);
    const shown = `${inspect(operator, { depth: 9, showHidden: true })}${JSON.stringify(operator)}${operator.channels.ops?.secret}`;
    expect(shown).not.toMatch(/hook-secret|pass-word/);
    expect(`${new Secret("x")}`).toBe("[secret]");
  });

  it.each<[title: string, text: string, expected: string]>([
    ["an unknown key", "acounts: [a]\n", 'operator.yml:1:1: unknown key "acounts"; did you mean "accounts"?'],
    [
      "an account that is none",
      "accounts: [acme, a/b]\n",
      "operator.yml:1:18: write the login of an organisation or a user, or its numeric id",
    ],
    [
      "a secret written out",
      "channels:\n  a: { kind: webhook, url: https://a.test, secret: hunter2 }\n",
      "operator.yml:2:52: write where the secret is: env:NAME or file:PATH",
    ],
    [
      "a secret that is not there",
      "channels:\n  a: { kind: webhook, url: https://a.test, secret: env:EMPTY }\n",
      "operator.yml:2:52: there is nothing to read at env:EMPTY",
    ],
    [
      "a file that is not there",
      "channels:\n  a: { kind: webhook, url: https://a.test, secret: file:/x }\n",
      "operator.yml:2:52: there is nothing to read at file:/x",
    ],
    [
      "a secret that can be guessed, of those by which others prove who they are",
      "registries: [{ host: r.test, hook: { kind: distribution, secret: env:SHORT } }]\n",
      "operator.yml:1:66: fewer than 16 characters stand at env:SHORT",
    ],
    [
      "grants",
      "sweep: 5m\ngrants: [{}]\n",
      "operator.yml:2:1: grants is not yet supported: Oakum does not start with it",
    ],
    [
      "scanners",
      "scanners: [{ kind: trivy }]\n",
      "operator.yml:1:1: scanners is not yet supported: Oakum does not start with it",
    ],
    [
      "an environment of which nobody can be asked what runs there, and that no file describes",
      "environments: [{ name: a, repository: a/b, running: 'https://c.test/' }]\n",
      "operator.yml:1:16: write what runs there (running) and whose statuses count (creators), or which files describe it (path)",
    ],
    [
      "a channel of another kind",
      "channels:\n  a: { kind: slack, url: https://a.test }\n",
      'operator.yml:2:8: kind: "slack" is not yet supported: Oakum does not start with it',
    ],
    [
      "a login in an address",
      "osv: { url: https://a:b@c.test }\n",
      "operator.yml:1:13: write an address that starts with https:// (or http://), without a login in it",
    ],
    [
      "an unknown placeholder",
      "environments: [{ name: a, repository: a/b, running: 'https://c.test/{x}', creators: [d] }]\n",
      "operator.yml:1:53: write an address with {owner}, {name} and {environment} for what differs",
    ],
    [
      "a host that is none",
      "registries: [{ host: https://a.test }]\n",
      "operator.yml:1:22: write a host and a port if it has one, in lower case: registry.example.com:5000",
    ],
  ])("refuses %s", (_, text, expected) => {
    expect(() => load(text)).toThrow(expect.objectContaining({ code: "INPUT", message: expected }));
  });
});
