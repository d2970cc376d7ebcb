import type { Json } from "./state/json.ts";

/** What GitHub says no with: a status, a message, and for 422 the errors. Thrown by handlers, nothing is changed. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  readonly errors: readonly Json[] | undefined;

  constructor(status: number, message: string, errors?: readonly Json[]) {
    super(message);
    this.status = status;
    this.errors = errors;
  }

  /** The answer's body, in GitHub's words. */
  body(): Json {
    return {
      message: this.message,
      ...(this.errors === undefined ? {} : { errors: this.errors }),
      documentation_url: "https://docs.github.com/rest",
      status: String(this.status),
    };
  }
}

export const notFound = (): Refusal => new Refusal(404, "Not Found");

/** 422 of one field or one reason, as GitHub's validations answer. */
export function invalid(resource: string, detail: { field?: string; code?: string; message?: string }): Refusal {
  return new Refusal(422, "Validation Failed", [{ resource, code: "custom", ...detail }]);
}

/** `found`, or 404. */
export function must<T>(found: T | undefined): T {
  if (found === undefined) throw notFound();
  return found;
}
