import { createHash } from "node:crypto";
import { repositoryKey } from "../../core/repository.ts";
import type { BuildRequest } from "../builder.ts";

/** What tells the run of one request from all others: an input of the dispatch, which the workflow repeats in `run-name`. */
export function correlationOf({ repository, sha, purpose }: BuildRequest): string {
  const hash = createHash("sha256")
    .update(`${repositoryKey(repository)}@${sha}#${purpose}`)
    .digest("hex");
  return `oakum-${hash.slice(0, 12)}`;
}
