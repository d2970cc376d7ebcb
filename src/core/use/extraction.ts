import type { Sha } from "../repository.ts";
import type { OtherTool } from "./other-tool.ts";
import type { Problem, Use } from "./use.ts";

/**
 * What one commit of a repository says, as far as a plan needs it. It is kept, so that a repository whose head has not moved
 * is planned again without asking anybody.
 */
export interface Extraction {
  readonly commit: Sha;
  /** Of the default branch: what changes with the files there that say what other tools do. */
  readonly rules?: string;
  /** The same of a line beside it, as the default branch's was when this was read. */
  readonly ruledBy?: string;
  readonly uses: readonly Use[];
  /** Files, and parts of files, that could not be read. */
  readonly problems: readonly Problem[];
  /** Tools that keep the same files up to date, when there are any. */
  readonly others?: readonly OtherTool[];
  /** Who owns the files of the uses, by CODEOWNERS: the path, and whom it names there. */
  readonly owners?: readonly (readonly [path: string, owners: readonly string[]])[];
  /** The text of the repository's own configuration, when it has one. */
  readonly config?: string;
  /** The text of the organisation's configuration, in the repository that holds it. */
  readonly organisation?: string;
}
