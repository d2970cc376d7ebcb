import { AppError, isAppError } from "../../core/errors.ts";
import { parseRetryAfter } from "../../core/write/retry-after.ts";
import type { Answer } from "./question.ts";

/** Seconds to leave a registry alone that limits us without saying for how long. */
const DEFAULT_PAUSE = 60;

/**
 * The error for an answer that refuses: no entry, too many questions, out of order. The registry's own words stay out of
 * it: they are hostile text, and may echo what we sent.
 */
export function refusal(answer: Answer, now: number): AppError {
  const says = `${answer.host} answered ${answer.status}`;
  const retryAfter = parseRetryAfter(answer.headers["retry-after"], now);
  if (answer.status === 429) return new AppError("UNAVAILABLE", says, { retryAfter: retryAfter ?? DEFAULT_PAUSE });
  if (answer.status >= 500) return new AppError("UNAVAILABLE", says, { retryAfter });
  return new AppError("DENIED", says);
}

/** The error for an answer that is none to the question. Where a redirect led, that is nothing the registry itself said. */
export function unexpected(answer: Answer): AppError {
  const says = `${answer.host} answered ${answer.status}`;
  return answer.foreign ? new AppError("UNAVAILABLE", `${says} to a redirect`) : new AppError("INPUT", says);
}

const NO_HOST = "no such host, or no network";
const LATE = "no answer in time";

/** What the commonest errors of the network are called; others go by their code. */
const NETWORK_ERRORS: ReadonlyMap<string, string> = new Map([
  ["ENOTFOUND", NO_HOST],
  ["EAI_AGAIN", NO_HOST],
  ["ECONNREFUSED", "connection refused"],
  ["ECONNRESET", "connection lost"],
  ["UND_ERR_SOCKET", "connection lost"],
  ["UND_ERR_CONNECT_TIMEOUT", LATE],
  ["UND_ERR_HEADERS_TIMEOUT", LATE],
  ["UND_ERR_BODY_TIMEOUT", LATE],
]);

/** The error for an exchange that broke: ours as it is, anything of the network as UNAVAILABLE. */
export function broken(error: unknown, host: string): AppError {
  if (isAppError(error)) return error;
  return new AppError("UNAVAILABLE", `${host}: ${networkError(error)}`, { cause: error });
}

function networkError(error: unknown): string {
  if (!(error instanceof Error)) return "network error";
  if (error.name === "TimeoutError") return LATE;
  const code = "code" in error && typeof error.code === "string" ? error.code : "network error";
  return NETWORK_ERRORS.get(code) ?? code;
}
