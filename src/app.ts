import { existsSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import type { LocalTools, RegistrySession } from "./cli/tools.ts";
import { readStoreEnvironment } from "./config/environment.ts";
import { AppError } from "./core/errors.ts";
import { dockerfile } from "./manager/dockerfile/dockerfile.ts";

/** The only composition root: everything that exists is listed here, and loaded only when it is needed. */

const USER_AGENT = "oakum";

/** What the commands that work on a checkout or on the store need. */
export function localTools(variables: Readonly<Record<string, string | undefined>>): LocalTools {
  return {
    managers: [dockerfile],
    openRegistries,
    openLedger: () => openLedger(variables),
    now: Date.now,
  };
}

async function openRegistries(allowed: readonly string[]): Promise<RegistrySession> {
  const { createOciRegistry } = await import("./registry/oci/client.ts");
  const { isPublicAddress } = await import("./registry/oci/address.ts");
  const listed = new Set(allowed);
  const allow = (host: string) => {
    const name = hostnameOf(host);
    if (listed.has(host)) return { state: "allowed", plainHttp: isLoopback(name), private: true } as const;
    const isPublic = isIP(name) === 0 ? isPublicName(name) : isPublicAddress(name);
    return isPublic
      ? ({ state: "allowed", plainHttp: false, private: false } as const)
      : ({ state: "denied" } as const);
  };
  const registry = createOciRegistry({ allow, now: Date.now, userAgent: USER_AGENT });
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

async function openLedger(variables: Readonly<Record<string, string | undefined>>) {
  const { databaseUrl, data } = readStoreEnvironment(variables, (path) => readFileSync(path, "utf8"));
  if (databaseUrl === undefined && !existsSync(data)) throw new AppError("INPUT", `there is no store at ${data}`);
  const { openStore } = await import("./store/kysely/open.ts");
  const place = databaseUrl === undefined ? { folder: data } : { url: databaseUrl.reveal() };
  const store = await openStore(place, { log: console, now: Date.now });
  return { read: store.ledger.read, close: store.close };
}
