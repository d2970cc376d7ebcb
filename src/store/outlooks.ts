import type { LineId } from "../core/line.ts";
import type { Outlook } from "../core/plan/outlook.ts";
import type { RepositoryId } from "../core/repository.ts";

/** What the newest plan of each line comes to. One that leaves the index has none any more. */
export interface Outlooks {
  /** Nothing, for a repository that is not in the index. */
  save(line: LineId, outlook: Outlook): Promise<void>;
  of(line: LineId): Promise<Outlook | undefined>;
  /** Of all lines of an installation, by their keys. */
  list(installation: Pick<RepositoryId, "host" | "installation">): Promise<ReadonlyMap<string, Outlook>>;
}
