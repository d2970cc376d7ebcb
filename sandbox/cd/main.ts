import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { Cluster } from "./cluster.ts";
import { deploymentApi } from "./github.ts";
import { roll } from "./rolling.ts";

/**
 * A small delivery tool with workloads: it takes the deployments that GitHub lists, rolls them out replica by replica,
 * and tells anyone who asks what runs. Simulated: a workload here is a digest on record, not a container.
 */
const { values } = parseArgs({
  options: {
    state: { type: "string" },
    github: { type: "string" },
    token: { type: "string" },
    repository: { type: "string", multiple: true },
    every: { type: "string", default: "200" },
  },
});
const { state, github, token } = values;
if (state === undefined || github === undefined || token === undefined) {
  throw new Error("usage: cd --state DIR --github URL --token TOKEN --repository OWNER/NAME…");
}
const cluster = new Cluster(state);
const api = deploymentApi(github, token);

const server = createServer((request, response) => {
  const path = new URL(request.url ?? "/", "http://sandbox").pathname;
  const key = decodeURIComponent(path.replace(/^\/workloads\//, ""));
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    if (request.method === "PUT") cluster.set(key, JSON.parse(Buffer.concat(chunks).toString("utf8")));
    const workload = cluster.get(key) ?? { replicas: [], healthy: true };
    const answer = { digests: [...new Set(workload.replicas)], healthy: workload.healthy };
    response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
  });
});

/** One look at everything: a delivery tool is level-triggered too. */
async function look(): Promise<void> {
  for (const repository of values.repository ?? []) {
    for (const deployment of await api.waiting(repository)) {
      await roll(api, cluster, `${repository}/${deployment.environment}`, deployment);
    }
  }
}

function again(): void {
  look()
    .catch((error: unknown) => process.stderr.write(`cd: ${error instanceof Error ? error.message : String(error)}\n`))
    .finally(() => setTimeout(again, Number(values.every)));
}

server.listen(0, "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`${JSON.stringify({ ready: true, url: `http://127.0.0.1:${port}` })}\n`);
  again();
});
process.on("SIGTERM", () => process.exit(0));
