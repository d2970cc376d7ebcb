import { seeded } from "../../random.ts";
import type { Answer } from "../operation.ts";

/** How bad the weather is: the share of an App's requests, and of webhooks, that something befalls. */
export interface Forecast {
  readonly seed: number;
  readonly requests: number;
  readonly webhooks: number;
}

/** What befalls a request: it is not done at all, or done and not heard of. */
export interface Mishap {
  readonly isDone: boolean;
  readonly answer: Answer;
}

const BAD_GATEWAY: Answer = { status: 502, body: { message: "Server Error" } };

/** A secondary limit, which asks to be left alone for so many seconds. */
export function slowDown(seconds: number): Mishap {
  const message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
  return { isDone: false, answer: { status: 403, headers: { "retry-after": String(seconds) }, body: { message } } };
}

const MISHAPS: readonly Mishap[] = [
  { isDone: false, answer: BAD_GATEWAY },
  { isDone: true, answer: BAD_GATEWAY },
  { isDone: true, answer: { status: 200, withheld: true } },
  slowDown(1),
];

/** Milliseconds after which a webhook is sent, once for each: twice, late and so out of order, or never. */
const MISCARRIAGES: readonly (readonly number[])[] = [[0, 400], [1500], [4000], []];
const AT_ONCE: readonly number[] = [0];

/** A GitHub that is not well, in a way that is the same for the same seed as long as the same is asked of it. */
export class Weather {
  readonly #forecast: Forecast;
  readonly #random: () => number;

  constructor(forecast: Forecast) {
    this.#forecast = forecast;
    this.#random = seeded(forecast.seed);
  }

  /** What befalls the next request, if anything. */
  request(): Mishap | undefined {
    return this.#random() < this.#forecast.requests ? this.#oneOf(MISHAPS) : undefined;
  }

  /** When the next webhook is sent. */
  webhook(): readonly number[] {
    return this.#random() < this.#forecast.webhooks ? (this.#oneOf(MISCARRIAGES) ?? AT_ONCE) : AT_ONCE;
  }

  #oneOf<T>(all: readonly T[]): T | undefined {
    return all[Math.floor(this.#random() * all.length)];
  }
}
