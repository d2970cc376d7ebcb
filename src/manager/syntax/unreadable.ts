import { reason } from "../../core/reason.ts";
import type { Problem } from "../../core/use/use.ts";

/** Larger files of such kinds are machine output. */
const LARGEST = 256 * 1024;

/** Thrown by a reader where a text stops being what it should be; it never leaves the manager. */
export class Unreadable extends Error {
  /** In UTF-16 units from the start of the file. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** What `read` reads, or why and where the text cannot be read: so is one of more than 256 KiB. */
export function readOr<T>(
  path: string,
  text: string,
  read: () => T,
): { readonly state: "read"; readonly value: T } | { readonly state: "unreadable"; readonly problem: Problem } {
  if (text.length > LARGEST) {
    const why = reason("too-large", `${text.length} characters`);
    return { state: "unreadable", problem: { path, line: 1, column: 1, reason: why } };
  }
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
