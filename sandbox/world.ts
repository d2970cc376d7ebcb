import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Control, controlOf } from "./control.ts";
import { publish } from "./images.ts";
import { REPOSITORIES, type RepositoryIds, seedOrganisation } from "./organisation.ts";
import { type Part, startPart } from "./process.ts";

const APP = 4711;
const DELIVERY = "acme-delivery";
const ENVIRONMENTS = ["staging", "production"];
const ADVISORIES = fileURLToPath(new URL("./seed/advisories/", import.meta.url));
const PERMISSIONS = {
  metadata: "read",
  contents: "write",
  pull_requests: "write",
  checks: "write",
  actions: "write",
  deployments: "write",
  statuses: "read",
};
const EVENTS = [
  "check_run",
  "check_suite",
  "deployment_status",
  "pull_request",
  "pull_request_review",
  "push",
  "repository",
  "workflow_run",
];

/** A whole small world around one Oakum, running. */
export interface World {
  readonly github: string;
  readonly registry: string;
  readonly delivery: string;
  readonly chat: string;
  readonly control: Control;
  readonly repositories: RepositoryIds;
  /** Where Oakum is expected to listen. */
  readonly oakum: string;
  /** The environment to start Oakum with. */
  readonly environment: Readonly<Record<string, string>>;
  /** Publishes the patched base images: what the story begins with. */
  patchBases(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts every part of the sandbox with its state below `folder`, and seeds the organisation. `pushes`: whether the registry
 * tells Oakum of what is pushed; without it only Oakum's own sweep (every `sweep`, such as `1s`) finds out.
 */
export async function startWorld(options: {
  readonly folder: string;
  readonly pushes: boolean;
  readonly sweep: string;
}): Promise<World> {
  const parts = new Parts(options.folder);
  try {
    return await assemble(parts, options);
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

/** The processes of one world, ended together. */
class Parts {
  readonly folder: string;
  readonly #running: Part[] = [];

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Where a part keeps its state. */
  state(name: string): string {
    const path = join(this.folder, name);
    mkdirSync(path, { recursive: true });
    return path;
  }

  async start(name: string, ...args: readonly string[]): Promise<string> {
    const part = await startPart(name, args);
    this.#running.push(part);
    return part.url;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#running.map((part) => part.stop()));
  }
}

async function assemble(
  parts: Parts,
  { folder, pushes, sweep }: { readonly folder: string; readonly pushes: boolean; readonly sweep: string },
): Promise<World> {
  const oakum = `http://127.0.0.1:${await freePort()}`;
  const port = String(await freePort());
  const hook = randomBytes(16).toString("hex");
  const notify = [
    "--notify",
    `${oakum}/api/registry/127.0.0.1:${port}`,
    "--notify-header",
    `Authorization: Bearer ${hook}`,
  ];
  const [github, registry, osv, chat] = await Promise.all([
    parts.start("github", "--port", "0", "--state", parts.state("github")),
    parts.start("registry", "--port", port, "--state", parts.state("registry"), ...(pushes ? notify : [])),
    parts.start("osv", "--advisories", ADVISORIES),
    parts.start("chat", "--state", parts.state("chat")),
  ]);
  const control = controlOf(github);
  const { privateKey, webhookSecret } = await registerApp(control, oakum);
  await parts.start("ci", "--github", github, "--registry", registry);
  const repositories = await seedOrganisation(control, registry, APP);
  const { token } = await control.post<{ token: string }>("tokens", { login: DELIVERY });
  const names = REPOSITORIES.flatMap((name) => ["--repository", `acme/${name}`]);
  const delivery = await parts.start(
    "cd",
    "--github",
    github,
    "--token",
    token,
    "--state",
    parts.state("cd"),
    ...names,
  );
  await settleBuilds(control);
  await runEverywhere(control, registry, delivery);
  await control.post("installations", { app: APP, account: "acme", repositories: "all" });
  const operator = join(folder, "operator.yml");
  const key = join(folder, "app.pem");
  writeFileSync(operator, operatorFile({ registry, delivery, osv, chat, sweep, pushes }));
  writeFileSync(key, privateKey, { mode: 0o600 });
  const environment = {
    APP_ID: String(APP),
    PRIVATE_KEY_FILE: key,
    WEBHOOK_SECRET: webhookSecret,
    OAKUM_GITHUB_URL: github,
    OAKUM_CONFIG: operator,
    OAKUM_DATA: join(folder, "oakum"),
    REGISTRY_HOOK_SECRET: hook,
    PORT: new URL(oakum).port,
  };
  const patchBases = () => patch(registry);
  return {
    github,
    registry,
    delivery,
    chat,
    control,
    repositories,
    oakum,
    environment,
    patchBases,
    stop: () => parts.stop(),
  };
}

async function registerApp(control: Control, oakum: string): Promise<{ privateKey: string; webhookSecret: string }> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const webhookSecret = randomBytes(16).toString("hex");
  const webhookUrl = `${oakum}/api/github/webhooks`;
  const app = { id: APP, slug: "oakum", owner: "acme", publicKey, webhookUrl, webhookSecret };
  await control.post("apps", { ...app, permissions: PERMISSIONS, events: EVENTS });
  return { privateKey, webhookSecret };
}

/** Waits until CI has built what the first pushes started. */
async function settleBuilds(control: Control): Promise<void> {
  const open = async () =>
    (
      await Promise.all(["queued", "in_progress"].map((status) => control.get<unknown[]>(`jobs?status=${status}`)))
    ).flat();
  while ((await open()).length > 0) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Before Oakum came, every service ran what its default branch had built. */
async function runEverywhere(control: Control, registry: string, delivery: string): Promise<void> {
  const { repositories } = await control.get<{ repositories: { name: string; refs: Record<string, string> }[] }>(
    "state",
  );
  for (const { name, refs } of repositories) {
    const commit = refs.main ?? refs["refs/heads/main"];
    const image = `${registry}/v2/acme/${name}/manifests/sha-${commit}`;
    const accept = "application/vnd.oci.image.index.v1+json";
    const digest = (await fetch(image, { method: "HEAD", headers: { accept } })).headers.get("docker-content-digest");
    if (digest === null) throw new Error(`CI built no image of acme/${name}`);
    for (const environment of ENVIRONMENTS) {
      const workload = { replicas: [digest, digest, digest], healthy: true };
      await fetch(`${delivery}/workloads/acme/${name}/${environment}`, {
        method: "PUT",
        body: JSON.stringify(workload),
      });
    }
  }
}

/** What the operator of this Oakum wrote down. */
function operatorFile(at: {
  readonly registry: string;
  readonly delivery: string;
  readonly osv: string;
  readonly chat: string;
  readonly sweep: string;
  readonly pushes: boolean;
}): string {
  const environments = ENVIRONMENTS.map(
    (name) =>
      `  - { name: ${name}, repository: "acme/*", running: "${at.delivery}/workloads/{owner}/{name}/{environment}", creators: [${DELIVERY}] }`,
  );
  return [
    "accounts: [acme]",
    "registries:",
    `  - host: "${new URL(at.registry).host}"`,
    "    plainHttp: true",
    "    private: true",
    ...(at.pushes ? ['    hook: { kind: distribution, secret: "env:REGISTRY_HOOK_SECRET" }'] : []),
    "environments:",
    ...environments,
    "channels:",
    `  platform: { kind: webhook, url: "${at.chat}/" }`,
    `osv: { url: "${at.osv}", kev: "${at.osv}/kev.json" }`,
    `sweep: ${at.sweep}`,
    "",
  ].join("\n");
}

/** The publishers patch: one base gets a fix, the other a fix and something worse. */
async function patch(registry: string): Promise<void> {
  await publish(registry, "library/base", ["1.4"], "base, patched");
  await publish(registry, "library/runtime", ["3.2"], "runtime, patched");
}

/** A port that nothing listens at now. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}
