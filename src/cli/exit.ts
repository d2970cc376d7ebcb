/** What a command's exit code says. */
export const EXIT = {
  /** Nothing to do, or done. */
  done: 0,
  /** `plan` found updates. */
  pending: 1,
  /** Bad usage or bad input. */
  input: 2,
  /** A registry could not be asked, so the answer is not whole. */
  unreachable: 3,
  /** A bug: not an answer at all (`EX_SOFTWARE` of sysexits). */
  bug: 70,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
