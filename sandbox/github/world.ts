import { Contract } from "./check/contract.ts";
import { WebhookContract } from "./check/webhooks.ts";
import { GitStore } from "./git/store.ts";
import type { Delivery } from "./state/access.ts";
import { Journal } from "./state/journal.ts";
import { Violations } from "./state/violations.ts";

/** The App that GitHub's own CI acts as. */
export const actionsApp = { id: 15368, slug: "github-actions" };

// Reading and compiling them takes a second; they never change.
const contracts = { rest: new Contract(), webhooks: new WebhookContract() };

/**
 * Everything the handlers work on. Changes are made inside `transact`, one at a time: all of a request's records become
 * durable together, then the bare repositories are made to follow, then webhooks go out.
 */
export class World {
  readonly state: Journal;
  readonly git: GitStore;
  readonly contract = contracts.rest;
  readonly webhooks = contracts.webhooks;
  readonly violations: Violations;
  readonly folder: string;
  /**
   * Entries after which a tree is truncated, requests that an actor may make in an hour, and milliseconds that it takes to know
   * whether a pull merges: GitHub's, unless a test changes them.
   */
  limits = { tree: 100_000, rate: 5000, mergeable: 0 };
  /** Where this GitHub is reached; without a slash at the end. */
  url = "";
  /** Called for each new delivery, once it is durable. */
  onDelivery: (delivery: Delivery) => void = () => undefined;
  /** What GitHub does of itself after each change, in the same transaction. */
  aftermath: () => Promise<void> = async () => undefined;
  readonly #clock: () => number;
  #skew = 0;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(folder: string, git: GitStore, clock: () => number) {
    this.folder = folder;
    this.git = git;
    this.state = new Journal(folder);
    this.violations = new Violations(folder);
    this.#clock = clock;
  }

  /** The world that was left in `folder`, or a new one. */
  static async open(folder: string, clock: () => number): Promise<World> {
    const world = new World(folder, await GitStore.open(`${folder}/repositories`), clock);
    // A kill may have come between the journal and the repositories on disk: the journal is right.
    for (const { id } of world.state.all("repository")) {
      const refs = world.state.all("ref", (ref) => ref.repository === id);
      world.git.replaceRefs(id, new Map(refs.map((ref) => [ref.name, ref.sha])));
    }
    return world;
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#clock() + this.#skew;
  }

  /** The time as GitHub writes it. */
  timestamp(): string {
    return toTimestamp(this.now());
  }

  advanceClock(seconds: number): void {
    this.#skew += seconds * 1000;
  }

  /** Runs `change` alone, and keeps all of what it changed or, when it throws, nothing. `settled` runs before others see it. */
  async transact<T>(change: () => Promise<T> | T, settled: () => void = () => undefined): Promise<T> {
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = promise;
    await before;
    try {
      const result = await change();
      await this.aftermath();
      this.#commit(settled);
      return result;
    } catch (error) {
      this.state.rollback();
      throw error;
    } finally {
      resolve();
    }
  }

  /** Reads after the changes that were asked for earlier, so that nobody sees one that is not durable yet. */
  async read<T>(look: () => Promise<T> | T): Promise<T> {
    await this.#turn;
    return look();
  }

  #commit(settled: () => void): void {
    const changes = this.state.commit();
    for (const [kind, id, after] of changes) {
      if (kind === "ref") this.#followRef(String(id), after !== null);
    }
    settled();
    for (const [kind, id] of changes) {
      const delivery = kind === "delivery" ? this.state.get("delivery", Number(id)) : undefined;
      if (delivery !== undefined && delivery.answer === undefined) this.onDelivery(delivery);
    }
  }

  #followRef(id: string, exists: boolean): void {
    const [repository = "", ...name] = id.split(":");
    this.git.setRef(Number(repository), name.join(":"), exists ? this.state.get("ref", id)?.sha : undefined);
  }
}

export function toTimestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}
