import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startRegistry } from "../../sandbox/registry/server.ts";
import { loopbackClient } from "./client.ts";
import { describeRegistry } from "./contract.ts";
import { seed } from "./seed.ts";

describeRegistry("the OCI client with the sandbox's registry", async () => {
  const state = await mkdtemp(join(tmpdir(), "oakum-registry-"));
  const server = await startRegistry({ state });
  const registry = loopbackClient();
  return {
    registry,
    host: new URL(server.url).host,
    seed: await seed(server.url),
    async close() {
      await registry.close();
      await server.close();
      await rm(state, { recursive: true });
    },
  };
});
