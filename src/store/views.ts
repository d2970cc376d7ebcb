import type { LedgerEntry } from "../core/ledger.ts";
import type { PullRecord } from "../core/pull/pull.ts";
import type { ImageName } from "../core/reference.ts";
import type { RepositoryId } from "../core/repository.ts";
import type { Rollout } from "../core/rollout/rollout.ts";
import type { Finding } from "../core/verdict/finding.ts";
import type {
  FindingQuestion,
  ImageDetail,
  Looking,
  ShownImage,
  ShownRepository,
  ShownUse,
  Summary,
  UseFilter,
} from "../core/view/view.ts";
import type { Listed, Slice, Viewer } from "../core/view/viewer.ts";
import type { IndexedRepository } from "./inverted-index.ts";

/** What the page reads: always what one viewer may see, counted among that alone, and of every list one part. */
export interface Views {
  summary(looking: Looking): Promise<Summary>;
  /** By repository and place. */
  uses(filter: UseFilter, slice: Slice): Promise<Listed<ShownUse>>;
  /** Those whose `owner/name` contains a text, by name. */
  repositories(looking: Looking, slice: Slice, text?: string): Promise<Listed<ShownRepository>>;
  /** By its present name, in any case. */
  repository(viewer: Viewer, owner: string, name: string): Promise<IndexedRepository | undefined>;
  /** Those whose name contains a text, the most used first. */
  images(looking: Looking, slice: Slice, text?: string): Promise<Listed<ShownImage>>;
  image(looking: Looking, image: ImageName): Promise<ImageDetail | undefined>;
  /** What was found in a digest that a use names now, or would name next; worst first. */
  findings(viewer: Viewer, question: FindingQuestion): Promise<Listed<Finding>>;
  /** Newest first. */
  pulls(viewer: Viewer, wanted: WantedPulls, slice: Slice): Promise<Listed<PullRecord>>;
  /** Those under way first, then the newest. */
  rollouts(viewer: Viewer, wanted: { readonly repository?: RepositoryId }, slice: Slice): Promise<Listed<Rollout>>;
  /** Newest first: of exactly these subjects, or of those that begin with a text. */
  ledger(viewer: Viewer, wanted: WantedFacts, slice: Slice): Promise<Listed<LedgerEntry>>;
  /** The repositories with these keys. */
  names(viewer: Viewer, keys: readonly string[]): Promise<ReadonlyMap<string, IndexedRepository>>;
}

export interface WantedPulls {
  readonly repository?: RepositoryId;
  readonly state?: PullRecord["state"];
  readonly number?: number;
}

export interface WantedFacts {
  readonly subjects?: readonly string[];
  readonly beginning?: string;
}
