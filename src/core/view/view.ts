import type { Observation, TagProblem } from "../plan/observation.ts";
import type { UseState } from "../plan/update.ts";
import type { Urgency } from "../policy/policy.ts";
import type { Reason, ReasonCode } from "../reason.ts";
import type { Digest, ImageName } from "../reference.ts";
import type { Repository, RepositoryId } from "../repository.ts";
import type { Exposure } from "./exposure.ts";
import type { Slice, Viewer } from "./viewer.ts";

/** What the page shows, as plain values: always of what one viewer may see, and counted among that alone. */

/** How exposed a use is: the urgency of the worst that was found in what it names now, nothing, or not known. */
export type ExposureClass = Urgency | "none" | "unknown";

/** From what needs people first to what needs nobody. */
export const EXPOSURE_CLASSES: readonly ExposureClass[] = [
  "known-exploited",
  "critical",
  "high",
  "normal",
  "unknown",
  "none",
];

/** Who looks, and since when a scan is no longer fresh enough to say that nothing was found (milliseconds since the epoch). */
export interface Looking {
  readonly viewer: Viewer;
  readonly freshSince: number;
}

/** A repository by its present name. */
export type NamedRepository = RepositoryId & Pick<Repository, "owner" | "name">;

/** How many uses there are, and in how many repositories. */
export interface UseCount {
  readonly uses: number;
  readonly repositories: number;
}

export interface Summary {
  readonly repositories: number;
  /** Repositories whose files have not been read yet. */
  readonly unread: number;
  readonly images: number;
  /** Uses that configuration ignores are in none of these. `ready`: for how many uses an update is known. */
  readonly exposure: Readonly<Record<ExposureClass, UseCount & { readonly ready: number }>>;
  /** The most frequent first. */
  readonly states: readonly (UseCount & { readonly state: UseState; readonly code?: ReasonCode })[];
  readonly openPulls: number;
  readonly rollouts: { readonly active: number; readonly confirmed: number };
}

/** A use as a person is told of it. */
export interface ShownUse {
  readonly repository: NamedRepository;
  /** The branch, when it is not the default one. */
  readonly base?: string;
  readonly path: string;
  readonly line: number;
  readonly text: string;
  readonly state: UseState;
  readonly reason?: Reason;
  /** Who owns the file, by CODEOWNERS. */
  readonly owners?: readonly string[];
  readonly image?: ImageName;
  readonly tag?: string;
  /** What it names now, pinned or by its tag. */
  readonly digest?: Digest;
  readonly to?: { readonly tag?: string; readonly digest?: Digest };
  readonly exposure: Exposure;
}

/** Uses that are looked for: all of these hold. */
export interface UseFilter extends Looking {
  readonly repository?: RepositoryId;
  readonly image?: ImageName;
  readonly state?: UseState;
  readonly reason?: string;
  readonly exposure?: ExposureClass;
}

/** A repository in a list: how many uses of each kind it has. */
export interface ShownRepository extends Repository {
  readonly isRead: boolean;
  readonly uses: number;
  readonly updates: number;
  readonly held: number;
  readonly worst: ExposureClass;
}

/** An image in a list. */
export interface ShownImage extends ImageName, UseCount {
  readonly worst: ExposureClass;
}

/** What is known of an image that visible uses name: of their tags and digests, and of no others. */
export interface ImageDetail {
  readonly image: ImageName;
  /** Why the registry did not answer. */
  readonly problem?: Reason;
  readonly tags: readonly {
    readonly tag: string;
    readonly uses: number;
    readonly observation?: Observation;
    readonly problem?: TagProblem;
  }[];
  /** The digests that uses name now, the most used first. */
  readonly digests: readonly { readonly digest: Digest; readonly uses: number; readonly exposure: Exposure }[];
}

export interface FindingQuestion extends Slice {
  readonly image: ImageName;
  readonly digest: Digest;
}
