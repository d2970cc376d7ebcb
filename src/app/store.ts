import { existsSync, readFileSync } from "node:fs";
import type { Logger } from "pino";
import type { StoreEnvironment, Variables } from "../config/environment.ts";
import type { Control, RequestName } from "../control/control.ts";
import { AppError } from "../core/errors.ts";
import type { StoreOptions } from "../store/kysely/open.ts";
import type { OpenStore } from "../store/store.ts";

/** The way to the store as the environment names it: PostgreSQL, or the embedded one, which another process may have open. */
export async function openControl(variables: Variables): Promise<Control> {
  const { readStoreEnvironment } = await import("../config/environment.ts");
  const environment = readStoreEnvironment(variables, readText);
  const { databaseUrl, data } = environment;
  const { answerRequest } = await import("../flow/requests.ts");
  const { limitsAt } = await import("../github/octokit/pace.ts");
  const open = async (): Promise<Control> => {
    const store = await openStoreAt(environment, console);
    const desk = { store, limitsAt, now: Date.now };
    return { ask: (name, input) => answerRequest(desk, name, input), close: store.close };
  };
  if (databaseUrl !== undefined) return open();
  // A command makes no store: not even in a folder that is there for something else.
  if (!existsSync(data)) throw noStore(data);
  const { reachStore } = await import("../control/socket/connect.ts");
  return reachStore(data, async () => {
    if (!existsSync(`${data}/pglite`)) throw noStore(data);
    return open();
  });
}

function noStore(folder: string): AppError {
  return new AppError(
    "INPUT",
    `there is no store at ${folder}: OAKUM_DATA names its folder, or DATABASE_URL a PostgreSQL`,
  );
}

/** On the embedded store, commands of this machine ask the process that has it. PostgreSQL they reach themselves. */
export async function openControlSocket({ databaseUrl, data }: StoreEnvironment, store: OpenStore, log: Logger) {
  if (databaseUrl !== undefined) return { close: async () => {} };
  const { listenForControl } = await import("../control/socket/listen.ts");
  const { answerRequest } = await import("../flow/requests.ts");
  const { limitsAt } = await import("../github/octokit/pace.ts");
  const desk = { store, limitsAt, now: Date.now };
  const answer = (name: string, input: unknown) => answerRequest(desk, name as RequestName, input);
  return listenForControl({ folder: data, answer, log });
}

/** Opens the store that the environment names, and brings its tables up to date. */
export async function openStoreAt(
  { databaseUrl, data }: StoreEnvironment,
  log: StoreOptions["log"],
): Promise<OpenStore> {
  const { openStore } = await import("../store/kysely/open.ts");
  return openStore(databaseUrl === undefined ? { folder: data } : { url: databaseUrl.reveal() }, {
    log,
    now: Date.now,
  });
}

export function readText(path: string): string {
  return readFileSync(path, "utf8");
}
