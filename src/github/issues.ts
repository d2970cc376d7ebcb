import type { Repository } from "../core/repository.ts";

export interface Issue {
  readonly number: number;
  readonly url: string;
  readonly state: "open" | "closed";
  readonly title: string;
  readonly body: string;
}

/** Issues that our own App wrote, and no others. */
export interface Issues {
  /** `undefined` when it is gone, elsewhere by now, or not ours. */
  get(repository: Repository, number: number): Promise<Issue | undefined>;
  /** Newest first, closed ones too. */
  ours(repository: Repository): Promise<readonly Issue[]>;
  create(repository: Repository, issue: { title: string; body: string }): Promise<Issue>;
  update(repository: Repository, number: number, change: { title?: string; body?: string }): Promise<void>;
}
