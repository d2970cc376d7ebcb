import { type Reason, reason } from "../../core/reason.ts";
import type { RepositoryId } from "../../core/repository.ts";
import type { Context } from "../context.ts";

/** What a pull of ours takes from its branch to its verdict. */
const NEEDED = ["contents", "pull_requests", "checks"] as const;

/** Why an App as it is installed here can propose nothing; `undefined` when it can. Asked only where there is something to propose. */
export async function missingPermissions(
  { github }: Context,
  { installation }: RepositoryId,
): Promise<Reason | undefined> {
  const granted = await github.installations.grants(installation);
  const missing = NEEDED.filter((name) => granted[name] !== "write");
  if (missing.length === 0) return undefined;
  const wanted = missing.map((name) => `${name.replace("_", " ")}: write`).join(", ");
  return reason(
    "permission-missing",
    `to propose, it needs ${wanted}: add that on the App's page, then accept it in the settings of its installation`,
  );
}
