import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import type { Control } from "./control.ts";
import { MANIFEST } from "./manifest.ts";
import { DELIVERY } from "./operator.ts";
import { tokenFile } from "./parts.ts";
import { addressOf, type Settings } from "./settings.ts";

/** Oakum's App, and the one by which the organisation's delivery hears of deployments. */
export const OAKUM = 4711;
const DELIVERY_APP = 4712;

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
    webhookUrl: `${addressOf(settings, "oakum")}${MANIFEST.webhookPath}`,
    webhookSecret: settings.webhookSecret,
    permissions: MANIFEST.permissions,
    events: MANIFEST.events,
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
