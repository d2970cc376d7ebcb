import type { Branches } from "./branches.ts";
import type { Checks } from "./checks.ts";
import type { Comments } from "./comments.ts";
import type { WebhookDeliveries } from "./deliveries.ts";
import type { Deployments } from "./deployments.ts";
import type { Installations } from "./installations.ts";
import type { Issues } from "./issues.ts";
import type { Pulls } from "./pulls.ts";
import type { Trees } from "./trees.ts";
import type { Workflows } from "./workflows.ts";
import type { Writes } from "./writes.ts";

/**
 * What Oakum asks of GitHub, in small parts. Errors are `AppError`s: DENIED for a missing permission (its name in
 * the message), CONFLICT when the world moved under us, UNAVAILABLE with `retryAfter` for limits and outages.
 */
export interface GitHub {
  readonly installations: Installations;
  readonly trees: Trees;
  readonly branches: Branches;
  readonly pulls: Pulls;
  readonly comments: Comments;
  readonly issues: Issues;
  readonly checks: Checks;
  readonly workflows: Workflows;
  readonly deployments: Deployments;
  readonly deliveries: WebhookDeliveries;
  readonly writes: Writes;
}
