import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { Cluster } from "./cluster.ts";
import { deploymentApi } from "./github.ts";
import { roll } from "./rolling.ts";

/**
 * A small delivery tool with workloads: told by GitHub's webhook, it takes the deployments that GitHub lists, rolls them
 * out replica by replica, and tells anyone who asks what runs. Simulated: a workload is a digest on record.
 */
const { values } = parseArgs({
  options: {
    state: { type: "string" },
    port: { type: "string" },
    github: { type: "string" },
    "token-file": { type: "string" },
    repository: { type: "string", multiple: true, default: [] },
  },
});
const { state, port, github, "token-file": tokenFile } = values;
if (state === undefined || port === undefined || github === undefined || tokenFile === undefined) {
  throw new Error("usage: cd --state DIR --port PORT --github URL --token-file FILE --repository OWNER/NAME…");
}
/** Milliseconds between two looks when no webhook comes: seldom enough for GitHub's limit on requests. */
const EVERY = 5_000;
const cluster = new Cluster(state);
const api = deploymentApi(github, readFileSync(tokenFile, "utf8"));

/** Workloads by `OWNER/NAME/ENVIRONMENT`: PUT one, GET what it runs; any POST is a webhook. */
const server = createServer(async (request, response) => {
  const body = await text(request);
  if (request.method === "POST") {
    look();
    return void response.writeHead(202).end();
  }
  const path = new URL(request.url ?? "/", "http://sandbox").pathname;
  const key = decodeURIComponent(path.replace(/^\/workloads\//, ""));
  if (request.method === "PUT") cluster.set(key, JSON.parse(body));
  const { replicas, healthy } = cluster.get(key) ?? { replicas: [], healthy: true };
  const answer = { digests: [...new Set(replicas)], healthy };
  response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
});

let looks: Promise<void> = Promise.resolve();
let next: NodeJS.Timeout | undefined;

/** One look at everything, after those that were asked for before: a delivery tool is level-triggered too. */
function look(): void {
  clearTimeout(next);
  looks = looks
    .then(rollAll)
    .catch((error: unknown) => void process.stderr.write(`cd: ${error instanceof Error ? error.message : error}\n`))
    .then(() => {
      clearTimeout(next);
      next = setTimeout(look, EVERY);
    });
}

/** Repositories are delivered side by side, and each one's deployments one after the other. */
async function rollAll(): Promise<void> {
  await Promise.all(values.repository.map(rollRepository));
}

async function rollRepository(repository: string): Promise<void> {
  for (const deployment of await api.waiting(repository)) {
    await roll(api, cluster, `${repository}/${deployment.environment}`, deployment);
  }
}

server.listen(Number(port), "127.0.0.1", () => {
  process.stdout.write('{"ready":true}\n');
  look();
});
process.on("SIGTERM", () => process.exit(0));
