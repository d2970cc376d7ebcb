import { z } from "zod";
import type { RequestName, Requests } from "../control/control.ts";
import { AppError } from "../core/errors.ts";
import type { Store } from "../store/store.ts";

/** Where a request is answered: in the process that has the store open. */
export interface Desk {
  readonly store: Store;
  /** Milliseconds since the epoch. */
  now(): number;
}

const MOST_ENTRIES = 1000;

/** Every request with the shape of its input and its answer. */
const ANSWERS: {
  readonly [Name in RequestName]: {
    readonly input: z.ZodType<Requests[Name]["input"]>;
    answer(desk: Desk, input: Requests[Name]["input"]): Promise<Requests[Name]["answer"]>;
  };
} = {
  ledger: {
    input: z.strictObject({ after: z.int().min(0), limit: z.int().min(1) }),
    answer: ({ store }, { after, limit }) => store.ledger.read(after, Math.min(limit, MOST_ENTRIES)),
  },
};

/** Answers a request of a command. Throws INPUT for one that this version does not know, or cannot read. */
export async function answerRequest<Name extends RequestName>(
  desk: Desk,
  name: Name,
  input: unknown,
): Promise<Requests[Name]["answer"]> {
  if (!Object.hasOwn(ANSWERS, name)) {
    throw new AppError(
      "INPUT",
      "the Oakum that has the store open is of another version, and does not know this request",
    );
  }
  const { input: shape, answer } = ANSWERS[name];
  const read = shape.safeParse(input);
  if (!read.success) throw new AppError("INPUT", `not a ${name} request: ${z.prettifyError(read.error)}`);
  return answer(desk, read.data);
}
