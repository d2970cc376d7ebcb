import { AppError, isAppError } from "../../core/errors.ts";
import type { Answer } from "./question.ts";
import { parseRetryAfter } from "./retry.ts";

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

/** The error for an exchange that broke: ours as it is, anything of the network as UNAVAILABLE. */
export function broken(error: unknown, host: string): AppError {
  if (isAppError(error)) return error;
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
  const timedOut = error instanceof Error && error.name === "TimeoutError";
  return new AppError("UNAVAILABLE", `${host} could not be asked (${timedOut ? "deadline" : (code ?? "network")})`, {
    cause: error,
  });
}

/** Whether asking again at once may help: a network or 5xx failure that named no time to come back. */
export function isTransient(error: unknown): boolean {
  return isAppError(error, "UNAVAILABLE") && error.retryAfter === undefined;
}
