import type { Job } from "../../src/core/job.ts";
import type { TestRepository } from "./repository.ts";
import { APP } from "./surroundings.ts";
import type { World } from "./world.ts";

/** What a rule about pull requests says unless it is told otherwise. */
const REVIEWS = {
  required_approving_review_count: 0,
  dismiss_stale_reviews_on_push: false,
  require_code_owner_review: false,
  require_last_push_approval: false,
  required_review_thread_resolution: false,
};

const QUEUE = {
  check_response_timeout_minutes: 60,
  grouping_strategy: "ALLGREEN",
  max_entries_to_build: 5,
  max_entries_to_merge: 5,
  merge_method: "MERGE",
  min_entries_to_merge: 1,
  min_entries_to_merge_wait_minutes: 5,
};

interface Rule {
  readonly type: string;
  readonly parameters?: object;
}

export const reviews = (more: object): Rule => ({ type: "pull_request", parameters: { ...REVIEWS, ...more } });
export const queue = (more: object = {}): Rule => ({ type: "merge_queue", parameters: { ...QUEUE, ...more } });
/** The gate's check, and a head that has all of its base. */
export const strict: Rule = {
  type: "required_status_checks",
  parameters: {
    strict_required_status_checks_policy: true,
    required_status_checks: [{ context: "oakum", integration_id: APP }],
  },
};

/** Puts rules on a branch of a repository; answers with the ruleset's id. */
export async function ruled(world: World, repository: TestRepository, rules: readonly Rule[], more: object = {}) {
  const { id } = await world.control.post<{ id: number }>("rulesets", { ...repository.place, rules, ...more });
  return id;
}

/** The job that an event about the repository's only pull asks for. */
export async function pullJob(world: World, repository: TestRepository): Promise<Job> {
  return { kind: "pull", repository: world.idOf(repository), branch: (await repository.pull()).head };
}

/** What the merge queue tests, in its order. */
export async function groupsOf(repository: TestRepository) {
  const branches = [...(await repository.branches())].filter(([name]) => name.startsWith("gh-readonly-queue/"));
  return branches.map(([branch, sha]) => ({ branch, sha }));
}

/** Has every group of the queue answered, as its events ask for. */
export async function answerGroups(world: World, repository: TestRepository, seconds = 0): Promise<void> {
  for (const { branch } of await groupsOf(repository)) {
    await world.event({ kind: "group", repository: world.idOf(repository), branch }, seconds);
  }
}

/** Why a repository's pull is not merged, by the codes on its record. */
export async function unmerged(world: World, repository: TestRepository): Promise<readonly string[] | undefined> {
  const [record] = await world.store.pulls.list(world.idOf(repository));
  return record?.unmerged?.reasons.map(({ code }) => code);
}
