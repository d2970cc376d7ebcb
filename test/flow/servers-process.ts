import { startGitHub } from "../../sandbox/github/github.ts";
import { startAdvisories } from "../../sandbox/osv/server.ts";
import { startRegistry } from "../../sandbox/registry/server.ts";
import type { Answer, Order, ServerKind } from "./servers.ts";

interface Server {
  readonly url: string;
  close(): Promise<void>;
}

/** Runs servers for the tests of its parent, as it asks for them, until the parent is gone. */
const START: Readonly<Record<ServerKind, (folder: string, port: number) => Promise<Server>>> = {
  github: (state, port) => startGitHub({ state, port }),
  registry: (state, port) => startRegistry({ state, port }),
  advisories: (folder) => startAdvisories(folder),
};
const running = new Map<string, Server>();

process.on("message", async ({ id, order }: { readonly id: number; readonly order: Order }) => {
  const answer: Answer = await obey(order).then(
    (url) => ({ id, url }),
    (error: Error) => ({ id, error: error.message }),
  );
  process.send?.(answer);
});
process.on("disconnect", () => process.exit());

async function obey(order: Order): Promise<string> {
  if ("close" in order) {
    await running.get(order.close)?.close();
    running.delete(order.close);
    return order.close;
  }
  const server = await START[order.start](order.folder, order.port);
  running.set(server.url, server);
  return server.url;
}
