import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Part, startPart } from "./process.ts";
import { addressOf, type Settings } from "./settings.ts";

/** What a world consists of beside Oakum, each a process and a folder of this name. */
export type PartName = "github" | "registry" | "osv" | "ci" | "cd" | "chat";

const ADVISORIES = fileURLToPath(new URL("./seed/advisories/", import.meta.url));

/** The file that holds the token of the organisation's delivery. */
export function tokenFile(folder: string): string {
  return join(folder, "delivery.token");
}

/** The processes of one world. */
export class Parts {
  readonly #folder: string;
  readonly #settings: Settings;
  readonly #signal: AbortSignal | undefined;
  readonly #running = new Map<PartName, Part>();

  /** All end when `signal` is aborted. */
  constructor(folder: string, settings: Settings, signal?: AbortSignal) {
    this.#folder = folder;
    this.#settings = settings;
    this.#signal = signal;
  }

  /** Starts some at once, and waits until all are ready. */
  async start(...names: readonly PartName[]): Promise<void> {
    const starts = names.map(async (name) => {
      this.#running.set(name, await startPart(name, this.#optionsOf(name), this.#signal));
    });
    // Also those that come up after another one has failed are ours to stop.
    for (const { reason } of (await Promise.allSettled(starts)).filter(
      ({ status }) => status === "rejected",
    ) as readonly PromiseRejectedResult[])
      throw reason;
  }

  async kill(name: PartName): Promise<void> {
    await this.#running.get(name)?.kill();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.values()].map((part) => part.stop()));
  }

  #optionsOf(name: PartName): readonly string[] {
    const at = (listener: Exclude<PartName, "ci">) => ["--port", String(this.#settings.ports[listener])];
    const state = ["--state", this.#state(name)];
    const github = ["--github", addressOf(this.#settings, "github")];
    switch (name) {
      case "registry":
        return [...at(name), ...state, ...this.#notifications()];
      case "osv":
        return [...at(name), "--advisories", ADVISORIES];
      case "ci":
        return [...github, "--registry", addressOf(this.#settings, "registry")];
      case "cd": {
        const repositories = this.#settings.repositories.flatMap((repository) => [
          "--repository",
          `acme/${repository}`,
        ]);
        return [...at(name), ...state, ...github, "--token-file", tokenFile(this.#folder), ...repositories];
      }
      default:
        return [...at(name), ...state];
    }
  }

  #notifications(): readonly string[] {
    const { pushes, ports, hookSecret } = this.#settings;
    if (!pushes) return [];
    const url = `${addressOf(this.#settings, "oakum")}/api/registry/127.0.0.1:${ports.registry}`;
    return ["--notify", url, "--notify-header", `Authorization: Bearer ${hookSecret}`];
  }

  #state(name: PartName): string {
    const path = join(this.#folder, name);
    mkdirSync(path, { recursive: true });
    return path;
  }
}
