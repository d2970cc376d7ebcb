import { describe, expect, it } from "vitest";
import { deliveryOf, environmentOf, grantedEnvironment, registryAccess } from "../../src/config/grants.ts";
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
      "  - { name: staging, repository: acme/deploy, path: 'apps/*/staging/**' }",
      "  - { name: production, repository: acme/deploy, path: 'apps/*/production/**', branch: main }",
      "  - { name: rendered, repository: 'acme/rendered-*', branch: 'env/*' }",
      "  - { name: vault, repository: 'acme/*', ids: [7], running: 'https://vault.test/', creators: [cd] }",
    ].join("\n"),
  },
  () => undefined,
);

describe("grantedEnvironment", () => {
  it.each([
    ["the first that matches", "production", { owner: "acme", name: "payments", repository: 1 }, "pay"],
    ["the next", "production", { owner: "acme", name: "search", repository: 1 }, "cd"],
    ["not another organisation", "production", { owner: "evil", name: "payments", repository: 1 }, undefined],
    ["not another environment", "staging", { owner: "acme", name: "payments", repository: 1 }, undefined],
    ["the repository of a listed id", "vault", { owner: "acme", name: "keys", repository: 7 }, "cd"],
    ["not another one that took its name", "vault", { owner: "acme", name: "keys", repository: 8 }, undefined],
    ["not a listed one that went elsewhere", "vault", { owner: "evil", name: "keys", repository: 7 }, undefined],
  ])("%s", (_, name, repository, creator) => {
    expect(grantedEnvironment(operator, name, repository)?.creators[0]).toBe(creator);
  });
});

describe("environmentOf", () => {
  const deploy = { owner: "acme", name: "deploy", repository: 1, defaultBranch: "main" };
  it.each([
    ["a directory of one", deploy, "apps/web/staging/kustomization.yaml", "staging"],
    ["a directory of one, on the branch that counts", deploy, "apps/web/production/a/b.yaml", "production"],
    ["not on another line", { ...deploy, base: "next" }, "apps/web/production/a/b.yaml", undefined],
    [
      "on a line that counts",
      { ...deploy, defaultBranch: "next", base: "main" },
      "apps/web/production/a/b.yaml",
      "production",
    ],
    ["not on another branch", { ...deploy, defaultBranch: "next" }, "apps/web/production/a/b.yaml", undefined],
    ["not beside it", deploy, "apps/web/base/kustomization.yaml", undefined],
    ["not in another repository", { ...deploy, name: "shop" }, "apps/web/staging/kustomization.yaml", undefined],
    ["all of a branch", { ...deploy, name: "rendered-a", defaultBranch: "env/prod" }, "x.yaml", "rendered"],
  ])("%s", (_, repository, path, environment) => {
    expect(environmentOf(operator, repository, path)).toBe(environment);
  });

  it("is nothing that releases are deployed to", () => {
    expect(grantedEnvironment(operator, "staging", deploy)).toBeUndefined();
    expect(grantedEnvironment(operator, "production", deploy)?.creators).toEqual(["cd"]);
  });
});

describe("deliveryOf", () => {
  it.each([
    [{ owner: "acme", name: "payments", repository: 1 }, "https://pay.test/acme/payments/production", "pay"],
    [{ owner: "acme", name: "b?x#y", repository: 1 }, "https://cd.test/b%3Fx%23y?in=production", "cd"],
    [{ owner: "evil", name: "payments", repository: 1 }, undefined, undefined],
  ])("%o", (repository, address, creator) => {
    const delivery = deliveryOf(operator, "production", repository);
    expect([delivery?.running.href, delivery?.creators[0]]).toEqual([address, creator]);
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
