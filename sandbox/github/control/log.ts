import type { Answered, Request } from "../api.ts";

const kept = 20_000;

export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly actor: string | null;
  readonly operation: string | null;
}

/** The requests that came in, newest last. Not part of the state. */
export class RequestLog {
  #requests: LoggedRequest[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  get requests(): readonly LoggedRequest[] {
    return this.#requests;
  }

  add({ method, path, query }: Request, { answer, actor, operation }: Answered): void {
    this.#count += 1;
    const full = query.size === 0 ? path : `${path}?${query}`;
    this.#requests.push({
      method,
      path: full,
      status: answer.status,
      actor: actor ?? null,
      operation: operation ?? null,
    });
    if (this.#requests.length > kept) this.#requests = this.#requests.slice(-kept / 2);
  }
}
