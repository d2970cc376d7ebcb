import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

/** Who listens, each at a port of its own on 127.0.0.1. */
const LISTENERS = ["github", "registry", "osv", "cd", "chat", "oakum"] as const;
export type Listener = (typeof LISTENERS)[number];

/** What a world must know to be started again as it was: the seeded files name its addresses. */
export interface Settings {
  readonly ports: Readonly<Record<Listener, number>>;
  /** Whether the registry tells Oakum of what is pushed. */
  readonly pushes: boolean;
  /** How often Oakum looks at everything, such as `1s`. */
  readonly sweep: string;
  /** The organisation's repositories, by name. */
  readonly repositories: readonly string[];
  readonly hookSecret: string;
  readonly webhookSecret: string;
}

const FILE = "world.json";
/** Below the ports that the system gives to outgoing connections: nobody takes one while its owner is being restarted. */
const PORTS = [20_000, 32_000] as const;

/** The settings of a new world, kept in its folder. */
export async function createSettings(
  folder: string,
  { pushes, sweep, repositories }: Pick<Settings, "pushes" | "sweep" | "repositories">,
): Promise<Settings> {
  const free = await freePorts(LISTENERS.length);
  const ports = Object.fromEntries(LISTENERS.map((name, index) => [name, free[index]])) as Settings["ports"];
  const settings = { ports, pushes, sweep, repositories, hookSecret: secret(), webhookSecret: secret() };
  writeFileSync(join(folder, FILE), JSON.stringify(settings), { mode: 0o600 });
  return settings;
}

export function readSettings(folder: string): Settings {
  return JSON.parse(readFileSync(join(folder, FILE), "utf8")) as Settings;
}

export function addressOf({ ports }: Settings, listener: Listener): string {
  return `http://127.0.0.1:${ports[listener]}`;
}

function secret(): string {
  return randomBytes(16).toString("hex");
}

/** Different ports that nothing listens at now. */
async function freePorts(count: number): Promise<readonly number[]> {
  const free = new Set<number>();
  while (free.size < count) {
    const port = randomInt(...PORTS);
    if (await isFree(port)) free.add(port);
  }
  return [...free];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
