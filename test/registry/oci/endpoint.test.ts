import { describe, expect, test } from "vitest";
import { type AllowRegistry, endpointOf, reachOf } from "../../../src/registry/oci/endpoint.ts";
import { isPublicRegistry } from "../../../src/registry/oci/public-registries.ts";
import { realmOf } from "../../../src/registry/oci/realm.ts";
import { redirectTarget } from "../../../src/registry/oci/redirect.ts";

const allow: AllowRegistry = (host) => {
  if (isPublicRegistry(host)) return { state: "allowed", plainHttp: false, private: false };
  if (host === "registry.lan" || host === "storage.lan") return { state: "allowed", plainHttp: false, private: true };
  if (host === "localhost:5000" || host === "localhost:5001")
    return { state: "allowed", plainHttp: true, private: true };
  return { state: "denied" };
};

describe("the registry's API", () => {
  test.each([
    ["docker.io", "https://registry-1.docker.io"],
    ["ghcr.io", "https://ghcr.io"],
    ["registry.lan", "https://registry.lan"],
    ["localhost:5000", "http://localhost:5000"],
  ])("%s is at %s", (registry, origin) => {
    expect(endpointOf(registry, allow).origin).toBe(origin);
  });

  test.each([
    "localhost:5002",
    "evil.example",
    "docker.io.evil.example",
    "ghcr.io:443",
    "ghcr.io@evil.example",
    "127.0.0.1",
  ])("%s is not allowed", (registry) => {
    expect(() => endpointOf(registry, allow)).toThrow(expect.objectContaining({ code: "DENIED" }));
  });

  test.each([
    "gcr.io",
    "eu.gcr.io",
    "europe-docker.pkg.dev",
    "registry.k8s.io",
    "public.ecr.aws",
    "registry.gitlab.com",
    "cgr.dev",
  ])("%s is public", (host) => expect(isPublicRegistry(host)).toBe(true));

  test.each(["a.b.pkg.dev", "pkg.dev", "evilpkg.dev", "*.pkg.dev.evil.example", "GHCR.io", "ghcr.io.", "azurecr.io"])(
    "%s is not",
    (host) => expect(isPublicRegistry(host)).toBe(false),
  );
});

describe("where a request may go", () => {
  const reach = (registry: string, url: string) => reachOf(new URL(url), endpointOf(registry, allow), allow);

  test.each([
    ["ghcr.io", "https://ghcr.io/v2/", "public"],
    ["ghcr.io", "https://cdn.example/blob", "public"],
    // A public registry never leads us into the operator's network.
    ["ghcr.io", "https://registry.lan/", "public"],
    ["registry.lan", "https://registry.lan/v2/", "any"],
    ["registry.lan", "https://storage.lan/", "any"],
    ["registry.lan", "https://other.lan/", "public"],
    ["localhost:5000", "http://localhost:5001/token", "any"],
  ])("%s to %s: %s addresses", (registry, url, expected) => {
    expect(reach(registry, url)).toBe(expected);
  });

  test.each([
    ["ghcr.io", "http://ghcr.io/v2/"],
    ["ghcr.io", "http://localhost:5000/"],
    ["ghcr.io", "ftp://ghcr.io/"],
    ["ghcr.io", "https://user@ghcr.io/"],
    ["localhost:5000", "http://localhost:9/"],
  ])("%s to %s: nowhere", (registry, url) => {
    expect(() => reach(registry, url)).toThrow(expect.objectContaining({ code: "DENIED" }));
  });

  test("a redirect never leads from https to http", () => {
    const from = new URL("https://ghcr.io/v2/a");
    expect(() => redirectTarget(from, "http://ghcr.io/v2/a")).toThrow(expect.objectContaining({ code: "DENIED" }));
    expect(redirectTarget(from, "../b?c").href).toBe("https://ghcr.io/b?c");
    expect(redirectTarget(from, "//cdn.example/b").href).toBe("https://cdn.example/b");
  });
});

describe("token realms", () => {
  const realm = (registry: string, address: string) => {
    const endpoint = {
      registry,
      origin: `https://${registry === "docker.io" ? "registry-1.docker.io" : registry}`,
      private: false,
    };
    const challenge = { scheme: "bearer", parameters: new Map([["realm", address]]) };
    return realmOf(challenge, endpoint, { "registry.example": ["id.example.net"] }).host;
  };

  test.each([
    ["docker.io", "https://auth.docker.io/token"],
    ["ghcr.io", "https://ghcr.io/token"],
    ["registry.gitlab.com", "https://gitlab.com/jwt/auth"],
    ["registry.example", "https://auth.registry.example/token"],
    ["registry.example", "https://id.example.net/token"],
    ["registry.example", "https://registry.example:8443/token"],
  ])("%s may send us to %s", (registry, address) => {
    expect(realm(registry, address)).toBe(new URL(address).host);
  });

  test.each([
    ["ghcr.io", "https://evil.example/token"],
    ["ghcr.io", "https://evilghcr.io/token"],
    ["ghcr.io", "https://io/token"],
    ["a.azurecr.io", "https://b.azurecr.io/token"],
    ["ghcr.io", "https://id.example.net/token"],
    ["constructor", "https://evil.example/token"],
    ["ghcr.io", ""],
  ])("%s may not send us to %s", (registry, address) => {
    expect(() => realm(registry, address)).toThrow(expect.objectContaining({ code: "DENIED" }));
  });
});
