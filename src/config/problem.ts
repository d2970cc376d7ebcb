import type { Position } from "./yaml.ts";

/** Something in a configuration file that a person must hear of. With an `error`, nothing may be proposed. */
export interface ConfigProblem extends Position {
  readonly path: string;
  readonly level: "error" | "warning";
  readonly code: "config-invalid" | "config-unreadable" | "not-yet-supported" | "too-many-branches";
  /** May quote hostile text: escape where shown. */
  readonly sentence: string;
}

/** Whether any of these problems stops the configuration from being acted on. */
export function hasErrors(problems: readonly ConfigProblem[]): boolean {
  return problems.some(({ level }) => level === "error");
}

/** `path:line:column: sentence`, as compilers print it. */
export function describeProblem(problem: Pick<ConfigProblem, "path" | "line" | "column" | "sentence">): string {
  const { path, line, column, sentence } = problem;
  return `${path}:${line}:${column}: ${sentence}`;
}
