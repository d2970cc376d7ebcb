import { setTimeout as wait } from "node:timers/promises";
import type { ImageName } from "../../core/reference.ts";
import type { Credential, Registry } from "../registry.ts";
import { createAuthorizer } from "./authorizer.ts";
import type { AllowRegistry } from "./endpoint.ts";
import { createExchange } from "./exchange.ts";
import { createSource, readBlob, readConfig, readManifest } from "./image.ts";
import { DEFAULT_LIMITS, type OciLimits } from "./limits.ts";
import type { TrustedRealms } from "./realm.ts";
import { createRealm } from "./realm-exchange.ts";
import { resolveReference } from "./resolve.ts";
import { listTags } from "./tags.ts";
import { createTransport, type ResolveHost } from "./transport.ts";

export interface OciRegistryOptions {
  readonly allow: AllowRegistry;
  /** The login for an image; without one it is asked for anonymously. */
  readonly credentials?: (name: ImageName) => Promise<Credential | undefined>;
  /** Token servers outside their registry's domain, beside the public registries' own. */
  readonly trustedRealms?: TrustedRealms;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly userAgent: string;
  readonly limits?: Partial<OciLimits>;
  readonly sleep?: (milliseconds: number) => Promise<void>;
  /** In [0, 1). */
  readonly random?: () => number;
  readonly resolver?: ResolveHost;
}

/** A registry client that holds connections until it is closed. */
export interface OciRegistry extends Registry {
  /** Ends every connection; questions in flight fail. */
  close(): Promise<void>;
}

/**
 * All registries that speak the OCI distribution protocol. What a registry sends is believed only as far as a digest proves
 * it, and read no further than the limits allow. Logins are kept in the client, and what was read by them: who may use other
 * logins needs another one.
 */
export function createOciRegistry(options: OciRegistryOptions): OciRegistry {
  const { now, allow, userAgent } = options;
  const limits: OciLimits = { ...DEFAULT_LIMITS, ...options.limits };
  const transport = createTransport(limits, options.resolver);
  const authorizer = createAuthorizer({
    now,
    credentials: options.credentials ?? (async () => undefined),
    trustedRealms: options.trustedRealms ?? {},
    askRealm: createRealm({ allow, transport, limits, userAgent, now }),
  });
  const sleep = options.sleep ?? ((milliseconds: number) => wait(milliseconds));
  const random = options.random ?? Math.random;
  const ask = createExchange({ allow, authorizer, transport, limits, userAgent, now, sleep, random });
  const source = createSource(ask, limits);
  return {
    tags: (name) => listTags(ask, name, limits),
    resolve: (reference) => resolveReference(ask, reference, limits),
    manifest: (image) => readManifest(source, image),
    config: (image, platform) => readConfig(source, image, platform),
    blob: (image, digest) => readBlob(source, image, digest),
    close: () => transport.close(),
  };
}
