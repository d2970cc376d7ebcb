import { createOciRegistry, type OciRegistry, type OciRegistryOptions } from "../../src/registry/oci/client.ts";

/** A client that may talk to everything on loopback, over plain http, and never really sleeps. */
export function loopbackClient(options: Partial<OciRegistryOptions> = {}): OciRegistry {
  return createOciRegistry({
    allow: (host) =>
      host.startsWith("127.0.0.1:") ? { state: "allowed", plainHttp: true, private: true } : { state: "denied" },
    now: () => Date.now(),
    userAgent: "oakum-test",
    sleep: async () => undefined,
    random: () => 0,
    ...options,
  });
}
