import type { Operations } from "./operation.ts";
import { apps } from "./rest/apps.ts";
import { checks } from "./rest/checks.ts";
import { comments } from "./rest/comments.ts";
import { commits } from "./rest/commits.ts";
import { contents } from "./rest/contents.ts";
import { deployments } from "./rest/deployments.ts";
import { gitObjects } from "./rest/git-objects.ts";
import { hooks } from "./rest/hooks.ts";
import { issues } from "./rest/issues.ts";
import { labels } from "./rest/labels.ts";
import { meta } from "./rest/meta.ts";
import { people } from "./rest/people.ts";
import { pulls } from "./rest/pulls.ts";
import { refs } from "./rest/refs.ts";
import { repositories } from "./rest/repositories.ts";
import { statuses } from "./rest/statuses.ts";
import { workflows } from "./rest/workflows.ts";

/** What the fake can do, by operation id. The contract says where each is reached; one that is not here answers 501. */
export const operations: Operations = {
  ...apps,
  ...people,
  ...hooks,
  ...repositories,
  ...refs,
  ...gitObjects,
  ...commits,
  ...contents,
  ...pulls,
  ...issues,
  ...labels,
  ...comments,
  ...checks,
  ...statuses,
  ...deployments,
  ...workflows,
  ...meta,
};
