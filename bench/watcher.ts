import { createHmac, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { type Oakum, startOakum } from "../sandbox/oakum.ts";
import type { World } from "../sandbox/world.ts";

/** Requests that came in so far. */
export interface Requests {
  readonly github: number;
  readonly registry: number;
}

/** Milliseconds between two looks, and for how long nothing must be left to do. */
const LOOK = 500;
const QUIET = 1500;
const PATIENCE = 45 * 60_000;

/** Watches one Oakum from outside, and tells it of what happens as GitHub would. */
export class Watcher {
  readonly #world: World;
  #oakum!: Oakum;

  constructor(world: World) {
    this.#world = world;
  }

  async start(): Promise<void> {
    this.#oakum = await startOakum(this.#world, { LOG_LEVEL: "warn" });
  }

  async stop(): Promise<void> {
    await this.#oakum?.stop();
  }

  async requests(): Promise<Requests> {
    const { control, urls } = this.#world;
    const github = () => control.get<{ count: number }>("requests");
    const registry = async () =>
      (await (await fetch(`${urls.registry}/_sandbox/requests`)).json()) as { readonly count: number };
    return { github: (await twice(github)).count, registry: (await twice(registry)).count };
  }

  /** The requests that `work` and all that follows from it cost, and the seconds until nothing was left to do. */
  async cost(work: () => Promise<unknown>): Promise<Requests & { readonly seconds: number }> {
    const before = await this.requests();
    const began = performance.now();
    await work();
    const ended = await this.untilIdle();
    const after = await this.requests();
    return {
      github: after.github - before.github,
      registry: after.registry - before.registry,
      seconds: (ended - began) / 1000,
    };
  }

  /** Waits until no job has been due or active for a while; answers with when the last one ended. */
  async untilIdle(): Promise<number> {
    const deadline = performance.now() + PATIENCE;
    let since: number | undefined;
    while (performance.now() < deadline) {
      const isIdle = (await this.#jobs().catch(() => undefined)) === 0;
      const now = performance.now();
      if (!isIdle) since = undefined;
      else if (since === undefined) since = now;
      else if (now - since >= QUIET) return since;
      await sleep(LOOK);
    }
    throw new Error(`Oakum is still busy: ${this.#oakum.log().slice(-4000)}`);
  }

  async #jobs(): Promise<number> {
    const metrics = await (await fetch(`${this.#world.urls.oakum}/metrics`)).text();
    const counts = metrics.matchAll(/^oakum_queue_jobs\{.*state="(?:due|active)".*\} (\d+)$/gm);
    return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  /** A webhook with the App's signature. */
  async webhook(event: string, payload: object): Promise<void> {
    const body = JSON.stringify(payload);
    const signature = createHmac("sha256", this.#secret("WEBHOOK_SECRET")).update(body).digest("hex");
    await this.#tell("/api/github/webhooks", body, {
      "x-github-event": event,
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": `sha256=${signature}`,
    });
  }

  /** A notification of the registry, as if the tag of an image had been pushed. */
  async notification(repository: string, tag: string): Promise<void> {
    const { host } = new URL(this.#world.urls.registry);
    const target = { mediaType: "application/vnd.oci.image.index.v1+json", repository, tag };
    const body = JSON.stringify({ events: [{ id: randomUUID(), action: "push", target }] });
    const authorization = `Bearer ${this.#secret("REGISTRY_HOOK_SECRET")}`;
    await this.#tell(`/api/registry/${host}`, body, { authorization });
  }

  #secret(name: string): string {
    const secret = this.#world.environment[name];
    if (secret === undefined) throw new Error(`the world has no ${name}`);
    return secret;
  }

  async #tell(path: string, body: string, headers: Readonly<Record<string, string>>): Promise<void> {
    const own = { "content-type": "application/json", ...headers };
    const answer = await fetch(`${this.#world.urls.oakum}${path}`, { method: "POST", body, headers: own });
    if (answer.status !== 202) throw new Error(`${path} was answered ${answer.status}: ${await answer.text()}`);
  }

  /** The seconds until a fact of this transition, about a subject that holds `subject`, is on the ledger. */
  async secondsUntil(transition: string, work: () => Promise<unknown>, subject = ""): Promise<number> {
    let last = (await this.#oakum.ledger(0)).at(-1)?.sequence ?? 0;
    const began = performance.now();
    await work();
    for (;;) {
      const facts = await this.#oakum.ledger(last).catch(() => []);
      if (facts.some((fact) => fact.transition === transition && fact.subject.includes(subject)))
        return (performance.now() - began) / 1000;
      last = facts.at(-1)?.sequence ?? last;
      if (performance.now() - began > PATIENCE) throw new Error(`nothing was ${transition}`);
      await sleep(50);
    }
  }

  /** The most memory that the process has held, in MiB. */
  peakMemory(): number {
    const status = readFileSync(`/proc/${this.#oakum.pid}/status`, "utf8");
    return Math.round(Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024);
  }
}

/** A server that is busy may close a connection just as it is used again. */
function twice<T>(ask: () => Promise<T>): Promise<T> {
  return ask().catch(ask);
}
