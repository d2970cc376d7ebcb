import { isIP } from "node:net";
import type { RegistrySession } from "../cli/tools.ts";
import type { Variables } from "../config/environment.ts";
import { USER_AGENT } from "./user-agent.ts";

/** On a checkout, the registries are asked with the logins that the person's own Docker has. */
export async function openRegistries(allowed: readonly string[], variables: Variables): Promise<RegistrySession> {
  const { createOciRegistry } = await import("../registry/oci/client.ts");
  const { createDockerConfig } = await import("../registry/credentials/docker-config.ts");
  const { isPublicAddress } = await import("../registry/oci/address.ts");
  const listed = new Set(allowed);
  const allow = (host: string) => {
    const name = hostnameOf(host);
    if (listed.has(host)) return { state: "allowed", plainHttp: isLoopback(name), private: true } as const;
    const isPublic = isIP(name) === 0 ? isPublicName(name) : isPublicAddress(name);
    return isPublic
      ? ({ state: "allowed", plainHttp: false, private: false } as const)
      : ({ state: "denied" } as const);
  };
  const credentials = createDockerConfig({ environment: variables });
  const registry = createOciRegistry({ allow, credentials, now: Date.now, userAgent: USER_AGENT });
  return { registry, allows: (host) => allow(host).state === "allowed", close: () => registry.close() };
}

function hostnameOf(host: string): string {
  return host.replace(/:\d+$/, "").replace(/^\[|\]$/g, "");
}

function isLoopback(name: string): boolean {
  return name === "localhost" || name === "::1" || /^127\.\d+\.\d+\.\d+$/.test(name);
}

/** A name that the public DNS may know; what it resolves to is checked when a connection is made. */
function isPublicName(name: string): boolean {
  return /\.[a-z][a-z0-9-]*$/.test(name) && !/\.(localhost|local|internal|home\.arpa)$/.test(name);
}
