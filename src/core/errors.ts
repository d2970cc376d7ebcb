/** What may be done about an error: show it, alert the operator, back off, or requeue now. */
export type ErrorCode = "INPUT" | "DENIED" | "UNAVAILABLE" | "CONFLICT";

/** The one error class. Anything else that is thrown is a bug and fails loudly. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  /** Seconds to wait before the next try, where the other side said so. */
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryAfter?: number | undefined } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryAfter = options.retryAfter;
  }
}

/** Whether `error` is ours, with one of these codes (any, when none is named). */
export function isAppError(error: unknown, ...codes: readonly ErrorCode[]): error is AppError {
  return error instanceof AppError && (codes.length === 0 || codes.includes(error.code));
}
