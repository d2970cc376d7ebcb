import type { Line } from "../../core/line.ts";
import { type Reason, reason } from "../../core/reason.ts";
import type { Use } from "../../core/use/use.ts";
import type { Context } from "../context.ts";

/**
 * The use, held where an update is not Oakum's to make: in files that describe an environment, of all images in them; and in
 * workflow files, which an App may write only with the permission `workflows`, by which it could change what CI does.
 */
export function withinReach({ operation }: Context, repository: Line, use: Use): Use {
  if (use.blocked !== undefined) return use;
  const environment = operation.environmentOf(repository, use.path);
  if (environment !== undefined) return holdUse(use, reason("moved-by-rollout", environment));
  return use.path.startsWith(".github/workflows/") ? holdUse(use, reason("workflows-permission")) : use;
}

function holdUse(use: Use, why: Reason): Use {
  return { ...use, blocked: { state: "held", reason: why } };
}
