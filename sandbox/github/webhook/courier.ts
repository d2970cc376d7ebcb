import { setTimeout as sleep } from "node:timers/promises";
import type { Delivery } from "../state/access.ts";
import type { World } from "../world.ts";
import { deliveryHeaders } from "./headers.ts";

const patience = 10_000;
const keptText = 2000;

/**
 * Carries webhooks to their receivers. Every attempt is recorded with its outcome, and a failed one is not tried again:
 * GitHub does not either.
 */
export class Courier {
  readonly #world: World;
  /** Milliseconds after which the next webhook is sent, once for each. */
  readonly #timesOf: () => readonly number[];
  readonly #stop = new AbortController();
  readonly #underway = new Set<Promise<void>>();

  constructor(world: World, timesOf: () => readonly number[]) {
    this.#world = world;
    this.#timesOf = timesOf;
    world.onDelivery = (delivery) => this.#start(delivery);
  }

  /** Sends what an earlier process left unsent. */
  resume(): void {
    for (const delivery of this.#world.state.all("delivery", (one) => one.answer === undefined)) this.#start(delivery);
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    while (this.#underway.size > 0) await Promise.all(this.#underway);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.settled();
  }

  #start(delivery: Delivery): void {
    const sending = this.#send(delivery).finally(() => this.#underway.delete(sending));
    this.#underway.add(sending);
  }

  async #send(delivery: Delivery): Promise<void> {
    const app = this.#world.state.get("app", delivery.app);
    if (app === undefined) return;
    const body = JSON.stringify(delivery.payload);
    const started = performance.now();
    const headers = deliveryHeaders(app, delivery, body);
    let last = { code: 0, text: "" };
    for (const time of this.#timesOf()) {
      if (time > 0) await sleep(time, undefined, { signal: this.#stop.signal }).catch(() => {});
      last = await this.#post(app.webhookUrl, headers, body);
    }
    const { code, text } = last;
    // Cut short by our own stop: it stays unsent, and goes out with the next start.
    if (code === 0 && this.#stop.signal.aborted) return;
    const seconds = Math.round(performance.now() - started) / 1000;
    const answer = { code, text, seconds, url: app.webhookUrl };
    await this.#world.transact(() => void this.#world.state.put("delivery", { ...delivery, answer }));
  }

  async #post(
    url: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<{ code: number; text: string }> {
    try {
      const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(patience)]);
      const response = await fetch(url, { method: "POST", headers, body, signal });
      return { code: response.status, text: (await response.text()).slice(0, keptText) };
    } catch {
      return { code: 0, text: "" };
    }
  }
}
