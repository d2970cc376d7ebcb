import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { addressOf, type Settings } from "./settings.ts";

/** Who reports what became of deployments. */
export const DELIVERY = "acme-delivery";
export const ENVIRONMENTS = ["staging", "production"] as const;

/** Writes what the operator of this Oakum grants and where things are; answers with the file's path. */
export function writeOperatorFile(folder: string, settings: Settings): string {
  const path = join(folder, "operator.yml");
  writeFileSync(path, operatorFile(settings));
  return path;
}

function operatorFile(settings: Settings): string {
  const running = `${addressOf(settings, "cd")}/workloads/{owner}/{name}/{environment}`;
  const osv = addressOf(settings, "osv");
  const lines = [
    "accounts: [acme]",
    "registries:",
    `  - host: "127.0.0.1:${settings.ports.registry}"`,
    "    plainHttp: true",
    "    private: true",
    ...(settings.pushes ? ['    hook: { kind: distribution, secret: "env:REGISTRY_HOOK_SECRET" }'] : []),
    "environments:",
    ...ENVIRONMENTS.map(
      (name) => `  - { name: ${name}, repository: "acme/*", running: "${running}", creators: [${DELIVERY}] }`,
    ),
    "channels:",
    `  platform: { kind: webhook, url: "${addressOf(settings, "chat")}/" }`,
    `osv: { url: "${osv}", kev: "${osv}/kev.json" }`,
    `sweep: ${settings.sweep}`,
  ];
  return `${lines.join("\n")}\n`;
}
