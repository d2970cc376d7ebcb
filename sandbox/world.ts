import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { OAKUM, registerApps } from "./apps.ts";
import { type Control, controlOf } from "./control.ts";
import { writeOperatorFile } from "./operator.ts";
import { REPOSITORIES } from "./organisation.ts";
import { type PartName, Parts } from "./parts.ts";
import { addressOf, createSettings, type Listener, readSettings, type Settings } from "./settings.ts";

/** A whole small world around one Oakum, running. All of its state is in one folder. */
export interface World {
  readonly folder: string;
  /** Where everything listens; Oakum is expected to. */
  readonly urls: Readonly<Record<Listener, string>>;
  /** The repositories that the organisation has once it is populated, by name. */
  readonly repositories: readonly string[];
  /** The fake GitHub's hand. */
  readonly control: Control;
  /** The environment to start Oakum with. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends a part with kill -9. */
  kill(part: PartName): Promise<void>;
  /** Starts a part that was killed, where it was. */
  revive(part: PartName): Promise<void>;
  stop(): Promise<void>;
}

export interface WorldOptions {
  /** Where all state goes. */
  readonly folder: string;
  /** Whether the registry tells Oakum of what is pushed; without it only Oakum's own sweep finds out. */
  readonly pushes: boolean;
  /** How often Oakum sweeps, such as `1s`. */
  readonly sweep: string;
  /** The organisation's repositories; by default those of the story. */
  readonly repositories?: readonly string[];
  /** Ends all of it, also while it is being started. */
  readonly signal?: AbortSignal;
}

/** Starts a new world: Oakum's App is installed on the organisation `acme`, which has nothing yet. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const { folder, signal, pushes, sweep, repositories = REPOSITORIES } = options;
  const settings = await createSettings(folder, { pushes, sweep, repositories });
  const parts = new Parts(folder, settings, signal);
  return stoppedOnError(parts, async () => {
    await parts.start("github", "registry", "osv", "chat");
    const world = worldOf(folder, settings, parts);
    await registerApps(world.control, folder, keyFile(folder), settings);
    await parts.start("ci", "cd");
    return world;
  });
}

/** Starts the world whose state is in `folder`, at the addresses that it had; with another sweep, if one is given. */
export async function resumeWorld(folder: string, sweep?: string): Promise<World> {
  const known = readSettings(folder);
  const settings = { ...known, sweep: sweep ?? known.sweep };
  const parts = new Parts(folder, settings);
  return stoppedOnError(parts, async () => {
    await parts.start("github", "registry", "osv", "chat", "ci", "cd");
    return worldOf(folder, settings, parts);
  });
}

async function stoppedOnError(parts: Parts, start: () => Promise<World>): Promise<World> {
  try {
    return await start();
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

function worldOf(folder: string, settings: Settings, parts: Parts): World {
  const urls = Object.fromEntries(
    Object.keys(settings.ports).map((name) => [name, addressOf(settings, name as Listener)]),
  ) as World["urls"];
  return {
    folder,
    urls,
    repositories: settings.repositories,
    control: controlOf(urls.github),
    environment: environmentOf(folder, settings),
    kill: (part) => parts.kill(part),
    revive: (part) => parts.start(part),
    stop: () => parts.stop(),
  };
}

function environmentOf(folder: string, settings: Settings): World["environment"] {
  const data = join(folder, "oakum");
  mkdirSync(data, { recursive: true });
  return {
    APP_ID: String(OAKUM),
    PRIVATE_KEY_FILE: keyFile(folder),
    WEBHOOK_SECRET: settings.webhookSecret,
    OAKUM_GITHUB_URL: addressOf(settings, "github"),
    OAKUM_CONFIG: writeOperatorFile(folder, settings),
    OAKUM_DATA: data,
    REGISTRY_HOOK_SECRET: settings.hookSecret,
    PORT: String(settings.ports.oakum),
  };
}

function keyFile(folder: string): string {
  return join(folder, "app.pem");
}
