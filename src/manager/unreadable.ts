import { reason } from "../core/reason.ts";
import type { Problem } from "../core/use/use.ts";

/** Thrown by a reader where a text stops being what it should be; it never leaves the manager. */
export class Unreadable extends Error {
  /** In UTF-16 units from the start of the file. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** What `read` reads, or why and where the text cannot be read. */
export function readOr<T>(
  path: string,
  text: string,
  read: () => T,
): { readonly state: "read"; readonly value: T } | { readonly state: "unreadable"; readonly problem: Problem } {
  try {
    return { state: "read", value: read() };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { state: "unreadable", problem: problemAt(path, text, error) };
  }
}

function problemAt(path: string, text: string, { message, offset }: Unreadable): Problem {
  const before = text.slice(0, offset);
  const column = offset - before.lastIndexOf("\n");
  return { path, line: before.split("\n").length, column, reason: reason("not-parsed", message) };
}
