import { discard } from "./content.ts";
import { unexpected } from "./failure.ts";
import type { Answer } from "./question.ts";

/** What `read` makes of a success, `undefined` for a genuine 404; every other answer is an error. */
export function whenFound<T>(read: (answer: Answer) => Promise<T>): (answer: Answer) => Promise<T | undefined> {
  return async (answer) => {
    if (answer.status === 200) return read(answer);
    await discard(answer);
    if (answer.status === 404 && !answer.foreign) return undefined;
    throw unexpected(answer);
  };
}
