import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createInterface } from "node:readline";

/** Where the distribution registry is installed; `undefined` when it is not, which in CI is a failure. */
export const dockerRegistry = (process.env.PATH ?? "")
  .split(delimiter)
  .map((folder) => join(folder, "docker-registry"))
  .find((path) => existsSync(path));

if (dockerRegistry === undefined && process.env.CI === "true") throw new Error("docker-registry is not installed");

export interface DockerRegistry {
  readonly url: string;
  readonly host: string;
  close(): Promise<void>;
}

/** A real registry over the storage folder `root`, on a free port. `settings`: further sections of its configuration. */
export async function startDockerRegistry(
  root: string,
  settings: Readonly<Record<string, unknown>> = {},
): Promise<DockerRegistry> {
  const folder = await mkdtemp(join(tmpdir(), "oakum-docker-registry-"));
  const config = {
    version: 0.1,
    log: { level: "info", formatter: "json", accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: root } },
    http: { addr: "127.0.0.1:0" },
    ...settings,
  };
  // JSON is YAML.
  await writeFile(join(folder, "config.yml"), JSON.stringify(config));
  const child = spawn(dockerRegistry ?? "docker-registry", ["serve", join(folder, "config.yml")], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { OTEL_TRACES_EXPORTER: "none" },
  });
  const exited = new Promise((resolve) => child.once("exit", resolve));
  const host = await listening(child.stderr);
  return {
    url: `http://${host}`,
    host,
    async close() {
      child.kill();
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}

/** The registry logs where it listens. */
async function listening(log: NodeJS.ReadableStream): Promise<string> {
  const lines = createInterface({ input: log });
  const said: string[] = [];
  return new Promise((resolve, reject) => {
    lines.on("line", (line) => {
      said.push(line);
      const [, host] = /listening on (127\.0\.0\.1:\d+)/.exec(line) ?? [];
      if (host !== undefined) resolve(host);
    });
    lines.on("close", () => reject(new Error(`docker-registry ended: ${said.join("\n")}`)));
  });
}
