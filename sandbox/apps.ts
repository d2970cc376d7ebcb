import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import type { Control } from "./control.ts";
import { DELIVERY } from "./operator.ts";
import { tokenFile } from "./parts.ts";
import { addressOf, type Settings } from "./settings.ts";

/** Oakum's App, and the one by which the organisation's delivery hears of deployments. */
export const OAKUM = 4711;
const DELIVERY_APP = 4712;

/** As app.yml asks for, as far as the story goes. */
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

/** Registers and installs both Apps on `acme`, and writes their secrets where they are expected. */
export async function registerApps(
  control: Control,
  folder: string,
  keyFile: string,
  settings: Settings,
): Promise<void> {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  writeFileSync(keyFile, privateKey, { mode: 0o600 });
  await control.post("apps", {
    id: OAKUM,
    slug: "oakum",
    owner: "acme",
    publicKey,
    webhookUrl: `${addressOf(settings, "oakum")}/api/github/webhooks`,
    webhookSecret: settings.webhookSecret,
    permissions: PERMISSIONS,
    events: EVENTS,
  });
  await control.post("apps", {
    id: DELIVERY_APP,
    slug: DELIVERY,
    owner: "acme",
    publicKey: "",
    webhookUrl: `${addressOf(settings, "cd")}/webhook`,
    permissions: { metadata: "read", deployments: "read" },
    events: ["deployment"],
  });
  for (const app of [OAKUM, DELIVERY_APP]) {
    await control.post("installations", { app, account: "acme", repositories: "all" });
  }
  const { token } = await control.post<{ token: string }>("tokens", { login: DELIVERY });
  writeFileSync(tokenFile(folder), token, { mode: 0o600 });
}
