import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Oakum, type OakumProcess, startOakum, startOakumWorker } from "../../sandbox/oakum.ts";
import { populate } from "../../sandbox/populate.ts";
import { untilObserved } from "../../sandbox/story.ts";
import { resumeWorld, startWorld, type World, type WorldOptions } from "../../sandbox/world.ts";

/** A world, and the Oakum that works in it. */
export interface Told {
  readonly world: World;
  readonly oakum: Oakum;
}

/** Whatever a test file starts, ended in reverse order whatever happens. */
export class Stage {
  readonly #ends: (() => Promise<unknown>)[] = [];

  /** A new world, which has nothing yet. */
  async world(options: Omit<WorldOptions, "folder">): Promise<World> {
    const world = await startWorld({ folder: await this.#folder(), ...options });
    this.onClose(() => world.stop());
    return world;
  }

  /** A new world with a new Oakum that has seen all of it. */
  async open(options: Omit<WorldOptions, "folder">, env: Readonly<Record<string, string>> = {}): Promise<Told> {
    const world = await this.world(options);
    const [, oakum] = await Promise.all([populate(world), this.start(world, env)]);
    await untilObserved(world, oakum);
    return { world, oakum };
  }

  /** The folder of a new world whose Oakum has seen all of it, both stopped: for stories that begin alike. */
  async prepare(options: Omit<WorldOptions, "folder">): Promise<string> {
    const { world, oakum } = await this.open(options);
    await oakum.stop();
    await world.stop();
    return world.folder;
  }

  /** The world of a folder, as it was when it was stopped, in a copy. */
  async resume(folder: string, sweep?: string): Promise<World> {
    const copy = await this.#folder();
    await cp(folder, copy, { recursive: true });
    const world = await resumeWorld(copy, sweep);
    this.onClose(() => world.stop());
    return world;
  }

  async start(world: World, env: Readonly<Record<string, string>> = {}): Promise<Oakum> {
    const oakum = await startOakum(world, env);
    this.onClose(() => oakum.stop());
    return oakum;
  }

  /** A worker beside the Oakum that serves. */
  async startWorker(world: World, env: Readonly<Record<string, string>>): Promise<OakumProcess> {
    const worker = await startOakumWorker(world, env);
    this.onClose(() => worker.stop());
    return worker;
  }

  onClose(end: () => Promise<unknown>): void {
    this.#ends.push(end);
  }

  async close(): Promise<void> {
    for (const end of this.#ends.splice(0).toReversed()) await end();
  }

  async #folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "oakum-story-"));
    this.onClose(() => rm(folder, { recursive: true, force: true }));
    return folder;
  }
}
