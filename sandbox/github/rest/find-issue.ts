import type { RepositoryCall } from "../operation.ts";
import { invalid, must } from "../refusal.ts";
import type { Issue } from "../state/issue.ts";

const longestBody = 65_536;

/** The issue or pull request of a number, or 404. */
export function findIssue({ world, repository }: RepositoryCall<unknown>, number: number): Issue {
  return must(world.state.find("issue", (one) => one.repository === repository.id && one.number === number));
}

/** Throws 422 for a body longer than GitHub stores. */
export function checkBody(resource: string, body: string | null): void {
  if (body !== null && [...body].length > longestBody) {
    throw invalid(resource, { field: "body", message: `body is too long (maximum is ${longestBody} characters)` });
  }
}
