import { type Forecast, type Mishap, slowDown, Weather } from "./weather.ts";

/** An answer that is given instead of the real one. */
export interface FalseAnswer {
  readonly method?: string;
  /** A prefix of the path, or a regular expression when it starts with `^`. */
  readonly path: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** How often; 1 when left out. */
  readonly times?: number;
}

export interface Kill {
  readonly pid: number;
  /** After how many changes by an App: 1 is the next one. */
  readonly after: number;
}

/** A secondary limit: for so many seconds, with so many in each `Retry-After`. */
export interface Limit {
  readonly seconds: number;
  readonly retryAfter: number;
}

/** What shall go wrong, as tests ordered it. Not part of the state: a restarted GitHub is well again. */
export class Faults {
  #answers: { readonly answer: FalseAnswer; left: number }[] = [];
  #kill: { readonly pid: number; left: number } | undefined;
  #weather: Weather | undefined;
  #limit: { readonly until: number; readonly retryAfter: number } | undefined;

  add(fault: {
    readonly respond?: FalseAnswer;
    readonly kill?: Kill;
    readonly limit?: Limit;
    readonly weather?: Forecast;
  }): void {
    if (fault.limit !== undefined)
      this.#limit = { until: performance.now() + fault.limit.seconds * 1000, retryAfter: fault.limit.retryAfter };
    if (fault.respond !== undefined) this.#answers.push({ answer: fault.respond, left: fault.respond.times ?? 1 });
    if (fault.kill !== undefined) this.#kill = { pid: fault.kill.pid, left: fault.kill.after };
    if (fault.weather !== undefined) this.#weather = new Weather(fault.weather);
  }

  clear(): void {
    this.#answers = [];
    this.#kill = undefined;
    this.#weather = undefined;
    this.#limit = undefined;
  }

  /** What befalls a request that was made with this authorization: only installations of Apps are limited, and exposed to the weather. */
  befall(authorization: string | undefined): Mishap | undefined {
    if (authorization?.includes("ghs_") !== true) return undefined;
    const { until = 0, retryAfter = 0 } = this.#limit ?? {};
    return performance.now() < until ? slowDown(retryAfter) : this.#weather?.request();
  }

  /** Milliseconds after which a webhook is sent, once for each. */
  carry(): readonly number[] {
    return this.#weather?.webhook() ?? [0];
  }

  /** The false answer that a request meets, used up by one. */
  meet(method: string, path: string): FalseAnswer | undefined {
    const met = this.#answers.find(({ answer, left }) => left > 0 && meets(answer, method, path));
    if (met !== undefined) met.left -= 1;
    return met?.answer;
  }

  /**
   * Called after each change an App made, when it is durable and not yet answered: ends the process whose turn it is.
   * Answers whether it did; then nobody is to be answered.
   */
  countChange(): boolean {
    if (this.#kill === undefined) return false;
    this.#kill.left -= 1;
    if (this.#kill.left > 0) return false;
    const { pid } = this.#kill;
    this.#kill = undefined;
    process.kill(pid, "SIGKILL");
    return true;
  }
}

function meets(answer: FalseAnswer, method: string, path: string): boolean {
  if (answer.method !== undefined && answer.method.toUpperCase() !== method) return false;
  return answer.path.startsWith("^") ? new RegExp(answer.path).test(path) : path.startsWith(answer.path);
}
