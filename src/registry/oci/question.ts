import type { Dispatcher } from "undici";
import type { ImageName } from "../../core/reference.ts";

/** A GET or HEAD about one repository. */
export interface Question {
  readonly name: ImageName;
  readonly method: "GET" | "HEAD";
  /** Path and query, from the root of the registry. */
  readonly target: string;
  readonly accept?: string;
  /** Whether registries that have a quota count it (Docker Hub: the GET of a manifest, and nothing else). */
  readonly isPull?: boolean;
  /** Milliseconds, instead of the limits' own. */
  readonly deadline?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData["headers"];
  readonly body: Dispatcher.ResponseData["body"];
  readonly url: URL;
  /** `host[:port]` of who answered. */
  readonly host: string;
  /** Another origin than the registry's own answered: its 404 says nothing about the registry. */
  readonly foreign: boolean;
}

/**
 * Asks a registry and hands the answer to `read`, again where a network or a 5xx failed either of them. `read` meets
 * successes and the 4xx codes other than 401, 403 and 429, and consumes or discards the body.
 */
export type Ask = <T>(question: Question, read: (answer: Answer) => Promise<T>) => Promise<T>;
