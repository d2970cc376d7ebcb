/** A tool that keeps some of the same files up to date. */
export interface OtherTool {
  readonly tool: "Renovate" | "Dependabot";
  /** Its configuration, which says so. */
  readonly path: string;
  /** The files that it and Oakum would both change, in order. */
  readonly files: readonly string[];
  /** What makes it leave the images in these files alone, as a unified diff of its configuration as it is. */
  readonly patch?: string;
  /** The same in words, where no exact patch can be given. */
  readonly byHand?: string;
}
