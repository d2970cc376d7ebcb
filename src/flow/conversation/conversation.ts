import type { RepositoryId } from "../../core/repository.ts";
import type { Context } from "../context.ts";

/** A comment's event tells its pull request's number, not its branch: only our own records know which are ours. */
export async function findConversation({ store }: Context, repository: RepositoryId, number: number): Promise<void> {
  const own = (await store.pulls.list(repository)).find((one) => one.number === number);
  if (own !== undefined) await store.jobs.enqueue({ kind: "pull", repository: own.repository, branch: own.branch });
}
