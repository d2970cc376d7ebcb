import { baseOf } from "../../core/line.ts";
import { branchName } from "../../core/pull/pull.ts";
import { together } from "../../core/together.ts";
import type { Context } from "../context.ts";
import { type Ground, groundOf } from "../gate/present.ts";
import type { RepositoryPlan } from "../plan/plan.ts";
import { readSnapshot, type Snapshot } from "../read/read.ts";
import { yieldToOthers } from "./competing.ts";

/** What GitHub says of a repository before anything is proposed there. */
export interface Survey extends Ground {
  /** The groups that no other pull request stands in the way of, and the others. */
  readonly yielded: Awaited<ReturnType<typeof yieldToOthers>>;
  /** The files that would be edited; absent where there is nothing to propose. */
  readonly snapshot?: Snapshot;
}

/** Asks all that can be asked at once: none of it needs the answer to another. Nothing, where the repository is held. */
export async function survey(context: Context, planned: RepositoryPlan): Promise<Survey | undefined> {
  const { repository, extraction, reading, plan } = planned;
  if (reading.config.mode === "observe" || planned.held !== undefined) return undefined;
  const branches = plan.groups.map((group) => branchName(baseOf(repository), group));
  const [yielded, snapshot, ground] = await together([
    yieldToOthers(context, planned),
    plan.groups.length === 0 ? undefined : readSnapshot(context, repository, extraction.commit),
    groundOf(context, repository, branches),
  ]);
  return { yielded, ...(snapshot && { snapshot }), ...ground };
}
