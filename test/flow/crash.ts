import type { Notifier } from "../../src/notifier/notifier.ts";

type Fetch = typeof globalThis.fetch;

/** The process died here. */
export class Crash extends Error {}

/**
 * Counts what is done outside, and ends the process right after an act of a chosen number: it is done, and nobody lives to
 * hear of it. Whoever waits for the answer waits for ever, as in a process that is gone.
 */
export class Acts {
  /** `METHOD path` of everything that was changed, in order. */
  readonly done: string[] = [];
  /** `status path?query` of every question to GitHub, in order. */
  readonly asked: string[] = [];
  #crashAt = Number.POSITIVE_INFINITY;
  #died = Promise.withResolvers<never>();

  /** The process dies right after the `number`th act from now on. */
  crashAfter(number: number): void {
    this.#crashAt = this.done.length + number;
    this.#died = Promise.withResolvers<never>();
    this.#died.promise.catch(() => {});
  }

  /** Does `work`, unless the process dies over it: then it throws `Crash`. */
  survive<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#died.promise]);
  }

  /** GitHub's interface: whatever is no question is an act, but for the tokens that are asked for. */
  fetch: Fetch = async (input, init) => {
    const answer = await fetch(input, init);
    const { pathname, search } = new URL(input instanceof Request ? input.url : input);
    const { method = "GET" } = init ?? {};
    const isQuestion = method === "GET" || String(init?.body).startsWith('{"query":"query');
    if (isQuestion) this.asked.push(`${answer.status} ${pathname.replace(/^\/api(\/v3)?/, "")}${search}`);
    const isAct = !isQuestion && !pathname.endsWith("/access_tokens") && answer.ok;
    return isAct ? this.#count(`${method} ${pathname}`, answer) : answer;
  };

  notifier(notifier: Notifier): Notifier {
    return {
      ...notifier,
      send: async (channel, notice) => this.#count(`notice to ${channel}`, await notifier.send(channel, notice)),
    };
  }

  #count<T>(act: string, answer: T): T | Promise<never> {
    this.done.push(act);
    if (this.done.length < this.#crashAt) return answer;
    this.#died.reject(new Crash(`after ${act}`));
    return new Promise<never>(() => {});
  }
}
