/** A refusal in the registry's own words (OCI distribution specification, "error codes"). */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }

  toJSON(): unknown {
    return { errors: [{ code: this.code, message: this.message }] };
  }
}
