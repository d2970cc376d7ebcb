import { RequestError } from "@octokit/request-error";
import { AppError, type ErrorCode } from "../../core/errors.ts";

/** What GitHub answered, as far as its kind of error tells: without it nothing was answered. */
interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number | undefined>>;
  readonly text: string;
}

const LONGEST_WAIT = 3600;
const CODES: Readonly<Record<number, ErrorCode>> = {
  400: "INPUT",
  401: "DENIED",
  403: "DENIED",
  404: "DENIED",
  405: "CONFLICT",
  408: "UNAVAILABLE",
  409: "CONFLICT",
  410: "DENIED",
  413: "INPUT",
  422: "INPUT",
  429: "UNAVAILABLE",
  451: "DENIED",
};

/**
 * The `AppError` of whatever a request of Octokit's threw. A limit is UNAVAILABLE with the wait that GitHub asks for; a
 * refusal names the permission of `x-accepted-github-permissions`; 404 is DENIED, as GitHub hides what we may not see.
 * @param act the request, as a person reads it: `GET /repos/acme/web`
 * @param now milliseconds since the epoch, to which a limit's reset is relative
 */
export function toAppError(error: unknown, act: string, now: number): AppError {
  if (error instanceof AppError) return error;
  const answer = answerOf(error);
  if (answer === undefined) return new AppError("UNAVAILABLE", `GitHub could not be asked: ${act}`, { cause: error });
  if (isLimited(answer)) {
    const retryAfter = waitOf(answer, now);
    return new AppError("UNAVAILABLE", `GitHub's rate limit stopped ${act}`, { cause: error, retryAfter });
  }
  const code = CODES[answer.status] ?? "UNAVAILABLE";
  return new AppError(code, `GitHub answered ${answer.status} to ${act}: ${answer.text}${needed(answer, code)}`, {
    cause: error,
    retryAfter: code === "UNAVAILABLE" ? waitOf(answer, now) : undefined,
  });
}

/** The types of GitHub's GraphQL errors that asking again would not mend. It fails inside without naming any. */
const GRAPHQL_CODES: Readonly<Record<string, ErrorCode>> = {
  FORBIDDEN: "DENIED",
  NOT_FOUND: "DENIED",
  INSUFFICIENT_SCOPES: "DENIED",
  UNPROCESSABLE: "INPUT",
};

/** The `AppError` of what a GraphQL request threw: an answer of 200 that lists errors is a refusal too. */
export function toGraphqlError(error: unknown, act: string): AppError {
  if (error instanceof AppError) return error;
  const [first] = error instanceof Error && "errors" in error && Array.isArray(error.errors) ? error.errors : [];
  const code = GRAPHQL_CODES[first?.type] ?? "UNAVAILABLE";
  return new AppError(code, `GitHub refused ${act}: ${textOf(first)}`, { cause: error });
}

/** GitHub's status behind an `AppError`; `undefined` when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof AppError ? answerOf(error.cause)?.status : undefined;
}

/** The answer, or `undefined` where GitHub says that there is none: one of `statuses`, 404 unless told otherwise. */
export async function unlessMissing<T>(answer: Promise<T>, ...statuses: readonly number[]): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    const status = statusOf(error);
    if (status !== undefined && (statuses.length === 0 ? [404] : statuses).includes(status)) return undefined;
    throw error;
  }
}

/** The answer, where a refusal of this status means that the world moved: the error becomes a CONFLICT. */
export async function conflictOn<T>(answer: Promise<T>, status: number): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (statusOf(error) !== status || !(error instanceof AppError)) throw error;
    throw new AppError("CONFLICT", error.message, { cause: error.cause });
  }
}

/** Whether GitHub refused because it was asked too much: then nothing was done. */
export function isLimit(error: AppError): boolean {
  const answer = answerOf(error.cause);
  return answer !== undefined && isLimited(answer);
}

/** What GitHub's GraphQL says when it failed inside, or took too long. */
const BROKEN = /^Something went wrong while executing your query/;

/** An answer of GraphQL's, unless what it says is that it was asked too much, or is not well: it says both with a 200. */
export function withoutErrors<T extends { readonly data: unknown }>(response: T): T {
  const { data } = response;
  const errors: unknown = typeof data === "object" && data !== null && "errors" in data ? data.errors : [];
  if (!Array.isArray(errors)) return response;
  const isLimit = errors.some((error) => error?.type === "RATE_LIMITED");
  if (isLimit) throw Object.assign(new Error("GraphQL rate limit"), { response });
  const isBroken = errors.some((error) => BROKEN.test(String(error?.message)));
  if (isBroken) throw new AppError("UNAVAILABLE", "GitHub's GraphQL went wrong inside");
  return response;
}

/** A GraphQL limit is a plain error that carries the response. */
function answerOf(error: unknown): Answer | undefined {
  if (error instanceof RequestError) {
    if (error.response === undefined) return undefined;
    return { status: error.status, headers: error.response.headers, text: textOf(error.response.data) };
  }
  if (error instanceof Error && "response" in error && isResponse(error.response)) {
    return { status: 429, headers: error.response.headers, text: "GraphQL rate limit" };
  }
  return undefined;
}

function isResponse(value: unknown): value is { headers: Answer["headers"] } {
  return typeof value === "object" && value !== null && "headers" in value && typeof value.headers === "object";
}

function isLimited({ status, headers, text }: Answer): boolean {
  if (status === 429) return true;
  if (status !== 403) return false;
  return (
    headers["retry-after"] !== undefined || headers["x-ratelimit-remaining"] === "0" || /secondary rate/i.test(text)
  );
}

/** Seconds, at most an hour: by `retry-after` (seconds), else by the reset of an exhausted limit (seconds since the epoch). */
function waitOf({ headers }: Answer, now: number): number | undefined {
  const asked = Number(headers["retry-after"] ?? Number.NaN);
  if (Number.isFinite(asked)) return clampWait(asked);
  if (headers["x-ratelimit-remaining"] !== "0") return undefined;
  const reset = Number(headers["x-ratelimit-reset"]);
  return Number.isFinite(reset) ? clampWait(reset - now / 1000 + 1) : undefined;
}

function clampWait(seconds: number): number {
  return Math.min(Math.max(Math.ceil(seconds), 1), LONGEST_WAIT);
}

function needed({ headers }: Answer, code: ErrorCode): string {
  const accepted = headers["x-accepted-github-permissions"];
  return code === "DENIED" && typeof accepted === "string" ? ` (it needs ${printable(accepted)})` : "";
}

/** GitHub's `message` and those of its `errors`. */
function textOf(data: unknown): string {
  if (typeof data === "string") return printable(data);
  if (typeof data !== "object" || data === null || !("message" in data)) return "no message";
  const details = "errors" in data && Array.isArray(data.errors) ? data.errors : [];
  const messages = details.map((detail) => (typeof detail === "string" ? detail : detail?.message));
  return printable([data.message, ...messages].filter((message) => typeof message === "string").join("; "));
}

/** An answer may quote a repository's text: one bounded line of it is enough. */
function printable(text: string): string {
  return text.slice(0, 300).replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ");
}
