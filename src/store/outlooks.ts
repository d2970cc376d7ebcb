import type { Outlook } from "../core/plan/outlook.ts";
import type { RepositoryId } from "../core/repository.ts";

/** What the newest plan of each repository comes to. One that leaves the index has none any more. */
export interface Outlooks {
  /** Nothing, for a repository that is not in the index. */
  save(repository: RepositoryId, outlook: Outlook): Promise<void>;
  of(repository: RepositoryId): Promise<Outlook | undefined>;
  /** Of all repositories of an installation, by their keys. */
  list(installation: Pick<RepositoryId, "host" | "installation">): Promise<ReadonlyMap<string, Outlook>>;
}
