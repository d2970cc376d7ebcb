import { describe, expect, it } from "vitest";
import { grantedEnvironment, registryAccess, runningAt } from "../../src/config/grants.ts";
import { loadOperator } from "../../src/config/operator.ts";

const operator = loadOperator(
  {
    path: "operator.yml",
    text: [
      "registries:",
      "  - { host: 'registry.acme.test:5000', plainHttp: true, private: true }",
      "environments:",
      "  - { name: production, repository: 'acme/pay*', running: 'https://pay.test/{owner}/{name}/{environment}', creators: [pay] }",
      "  - { name: production, repository: 'acme/*', running: 'https://cd.test/{name}?in={environment}', creators: [cd] }",
    ].join("\n"),
  },
  () => undefined,
);

describe("grantedEnvironment", () => {
  it.each([
    ["the first that matches", "production", "acme/payments", "pay"],
    ["the next", "production", "acme/search", "cd"],
    ["not another organisation", "production", "evil/payments", undefined],
    ["not another environment", "staging", "acme/payments", undefined],
  ])("%s", (_, name, repository, creator) => {
    expect(grantedEnvironment(operator, name, repository)?.creators[0]).toBe(creator);
  });
});

describe("runningAt", () => {
  it.each([
    [{ owner: "acme", name: "payments" }, "https://pay.test/acme/payments/production"],
    [{ owner: "acme", name: "b?x#y" }, "https://cd.test/b%3Fx%23y?in=production"],
    [{ owner: "evil", name: "payments" }, undefined],
  ])("%o", (repository, expected) => {
    expect(runningAt(operator, "production", repository)?.href).toBe(expected);
  });
});

describe("registryAccess", () => {
  const access = registryAccess(operator, (host) => host === "docker.io");
  it.each([
    ["registry.acme.test:5000", { state: "allowed", plainHttp: true, private: true }],
    ["docker.io", { state: "allowed", plainHttp: false, private: false }],
    ["registry.acme.test", { state: "denied" }],
    ["localhost:9090", { state: "denied" }],
  ])("%s", (host, expected) => {
    expect(access(host)).toEqual(expected);
  });
});
