import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OAKUM } from "../sandbox/apps.ts";
import { MANIFEST } from "../sandbox/manifest.ts";
import { startWorld, type World } from "../sandbox/world.ts";
import { nameOf, type Organisation, publishImage, seedOrganisation, TAG, usersOf } from "./organisation.ts";
import { type Requests, Watcher } from "./watcher.ts";

/** The number of the image that is patched. */
const MOVED = 7;

type Cost = Requests & { readonly seconds: number };

/** What an organisation of a size costs. */
export interface FleetFigures {
  readonly repositories: number;
  /** From an empty store until every repository is planned, and every image scanned. */
  readonly cold: Cost;
  /** Everything is looked at, and nothing has changed. */
  readonly sweep: Cost;
  /** A webhook of the known head for each repository, and a notification of the known digest for each image. */
  readonly known: Cost;
  /** The tag of one image names a patched digest, and `users` repositories get a pull request. */
  readonly moved: Cost & { readonly users: number };
  /** Seconds from a push to the pull request: of an image to a registry, and of a file to a repository. */
  readonly pushed: { readonly image: number; readonly file: number };
  /** MiB: of the process that indexed and served all this, and of the one that created the store before. */
  readonly memory: number;
  readonly created: number;
}

/** Measures one size in a world of its own, of processes on this machine. `tell` hears how far it is. */
export async function measureFleet(size: number, tell: (line: string) => void): Promise<FleetFigures> {
  const folder = mkdtempSync(join(tmpdir(), "oakum-bench-"));
  await using ended = new AsyncDisposableStack();
  ended.defer(() => rmSync(folder, { recursive: true, force: true }));
  const world = await startWorld({ folder, pushes: true, sweep: "1d" });
  ended.defer(() => world.stop());
  // Nobody builds, delivers or chats here.
  for (const part of ["ci", "cd", "chat"] as const) await world.kill(part);
  const watcher = new Watcher(world);
  ended.defer(() => watcher.stop());
  const created = await createStore(watcher);
  const organisation = await unheard(world, () => seedOrganisation(world, size));
  await world.control.post("limits", { rate: 1_000_000 });
  tell(`${size} repositories: seeded; the store was created within ${created} MiB`);
  return { ...(await measure(watcher, world, organisation, tell)), created };
}

/** The first start of all makes the database, in more memory than it will need again. */
async function createStore(watcher: Watcher): Promise<number> {
  await watcher.start();
  const peak = watcher.peakMemory();
  await watcher.stop();
  return peak;
}

/** Does `work` while the App has no address for webhooks. */
async function unheard<T>({ control, urls }: World, work: () => Promise<T>): Promise<T> {
  await control.patch(`apps/${OAKUM}`, { webhookUrl: "" });
  const done = await work();
  await control.patch(`apps/${OAKUM}`, { webhookUrl: `${urls.oakum}${MANIFEST.webhookPath}` });
  return done;
}

async function measure(
  watcher: Watcher,
  world: World,
  organisation: Organisation,
  tell: (line: string) => void,
): Promise<Omit<FleetFigures, "created">> {
  const size = organisation.repositories.length;
  const cost = async (what: string, work: () => Promise<unknown>): Promise<Cost> => {
    const measured = await watcher.cost(work);
    tell(`${size} repositories: ${what}: ${JSON.stringify(measured)}, ${watcher.peakMemory()} MiB so far`);
    return measured;
  };
  const cold = await cost("cold index", () => watcher.start());
  const sweep = await cost("unchanged sweep", () => sweepNow(watcher, organisation));
  const known = await cost("known by webhook", () => tellKnown(watcher, world, organisation));
  let image = 0;
  const moved = await cost("one moved base", async () => {
    const publish = () => publishImage(world.urls.registry, MOVED, "base, patched", [TAG]);
    image = await watcher.secondsUntil("opened", publish);
  });
  const file = await watcher.secondsUntil("opened", () => pushOutdated(world, organisation));
  tell(`${size} repositories: pull requests after ${image} and ${file} s`);
  await watcher.untilIdle();
  const users = usersOf(MOVED, size);
  return {
    repositories: size,
    cold,
    sweep,
    known,
    moved: { ...moved, users },
    pushed: { image, file },
    memory: watcher.peakMemory(),
  };
}

/** What GitHub says when repositories were given to the App: Oakum looks at everything. */
async function sweepNow(watcher: Watcher, { installation }: Organisation): Promise<void> {
  const account = { id: 1, login: "acme" };
  await watcher.webhook("installation_repositories", { action: "added", installation: { id: installation, account } });
}

async function tellKnown(watcher: Watcher, { control }: World, organisation: Organisation): Promise<void> {
  const { repositories } = await control.get<{
    repositories: readonly { id: number; refs: Readonly<Record<string, string>> }[];
  }>("state");
  const owner = { id: 1, login: "acme" };
  for (const { id, refs } of repositories) {
    await watcher.webhook("push", {
      ref: "refs/heads/main",
      after: refs["refs/heads/main"],
      installation: { id: organisation.installation },
      repository: { id, default_branch: "main", owner },
    });
  }
  for (const image of organisation.digests.keys()) await watcher.notification(nameOf(image), TAG);
}

/** A person adds a file that names the base as it was before. */
async function pushOutdated({ control, urls }: World, { repositories, digests }: Organisation): Promise<void> {
  const [first] = repositories;
  if (first === undefined) throw new Error("there is no repository");
  const text = `FROM ${new URL(urls.registry).host}/${nameOf(MOVED)}:${TAG}@${digests[MOVED]}\n`;
  const files = { "added/Dockerfile": text };
  await control.post("commits", { owner: "acme", name: first.name, branch: "main", files, message: "Add a service" });
}
