/** What a command's exit code says; the higher, the less its answer can be relied on. */
export const EXIT = {
  /** Nothing to do, or done. */
  done: 0,
  /** `plan` found updates. */
  pending: 1,
  /** Bad usage or bad input: also a file that could not be read whole. */
  input: 2,
  /** A registry was not asked, or could not be, so the answer is not whole. */
  unreachable: 3,
  /** A bug: not an answer at all (`EX_SOFTWARE` of sysexits). */
  bug: 70,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The exit code of a command for which several may apply: the highest that does. */
export function exitCode(applies: Partial<Record<"pending" | "input" | "unreachable", boolean>>): ExitCode {
  if (applies.unreachable === true) return EXIT.unreachable;
  if (applies.input === true) return EXIT.input;
  return applies.pending === true ? EXIT.pending : EXIT.done;
}
