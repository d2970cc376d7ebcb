import { createHash } from "node:crypto";
import { repositoryKey } from "../../core/repository.ts";
import type { BuildRequest } from "../builder.ts";

/** What tells the run of one request from all others: an input of the dispatch, which the workflow repeats in `run-name`. */
export function correlationOf({ repository, sha, purpose, attempt }: BuildRequest): string {
  const hash = createHash("sha256")
    .update(`${repositoryKey(repository)}@${sha}#${purpose}${attempt === 1 ? "" : ` ${attempt}`}`)
    .digest("hex");
  return `oakum-${hash.slice(0, 12)}`;
}
