import { settleQueues } from "./act/settle-queue.ts";
import { Control } from "./control/control.ts";
import { Faults } from "./control/faults.ts";
import { seedActions } from "./control/seed.ts";
import { listen } from "./server.ts";
import { Courier } from "./webhook/courier.ts";
import { World } from "./world.ts";

export interface GitHubOptions {
  /** The folder that everything is kept in. */
  readonly state: string;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
}

/** A running fake GitHub. */
export interface FakeGitHub {
  /** Where it listens: the API is at `/`, at `/api/v3/` and `/graphql`, the control API at `/_sandbox/`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a fake GitHub on 127.0.0.1, with what an earlier one left in the folder. */
export async function startGitHub(options: GitHubOptions): Promise<FakeGitHub> {
  const world = await World.open(options.state, options.clock ?? Date.now);
  await world.transact(() => seedActions(world));
  world.aftermath = () => settleQueues(world);
  const faults = new Faults();
  const courier = new Courier(world, () => faults.carry());
  const { server, url } = await listen(
    { world, faults, control: new Control(world, faults, courier) },
    options.port ?? 0,
  );
  world.url = url;
  courier.resume();
  return {
    url,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await courier.close();
      world.git.close();
    },
  };
}
