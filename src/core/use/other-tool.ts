/** A tool that keeps the same files up to date. */
export interface OtherTool {
  readonly tool: "Renovate" | "Dependabot";
  /** Its configuration, which says so. */
  readonly path: string;
  /** What makes it leave these files alone, as a unified diff of that file as it is; absent when it has to be done by hand. */
  readonly patch?: string;
}
