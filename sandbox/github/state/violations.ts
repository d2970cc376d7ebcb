import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where a request, an answer or a webhook broke GitHub's own contract, or asked for what the fake lacks. */
export interface Violation {
  readonly of: "request" | "answer" | "webhook" | "graphql" | "unimplemented";
  readonly subject: string;
  readonly detail: string;
}

/** Every violation there was, also those of transactions that were rolled back; a test asserts that there are none. */
export class Violations {
  readonly #path: string;
  readonly #all: Violation[];

  constructor(folder: string) {
    this.#path = join(folder, "violations.jsonl");
    const lines = existsSync(this.#path) ? readFileSync(this.#path, "utf8").split("\n").slice(0, -1) : [];
    this.#all = lines.map((line) => JSON.parse(line) as Violation);
  }

  get all(): readonly Violation[] {
    return this.#all;
  }

  add(violation: Violation): void {
    this.#all.push(violation);
    appendFileSync(this.#path, `${JSON.stringify(violation)}\n`);
  }
}
