import { isAppError } from "../../core/errors.ts";
import type { Context } from "../context.ts";

/** Milliseconds: what was lost before that, a sweep or a start has found out since. */
const RECENT = 6 * 3_600_000;

/**
 * Has GitHub send again what it could not deliver in the last hours, each once: it never does so by itself. A push, a review or a
 * comment would else be noticed by the sweep, within a day. That it is asked for is written first, so that no crash asks twice;
 * one that is lost again, or that GitHub refuses to repeat, is left to the sweep.
 */
export async function redeliverLost({ github, store, now, log }: Context): Promise<void> {
  const since = now() - RECENT;
  const lost = (await github.deliveries.failed()).filter(({ at }) => at >= since);
  for (const { id, guid } of lost.toReversed()) {
    if (!(await store.deliveries.remember(`again ${guid}`, now()))) continue;
    try {
      await github.deliveries.redeliver(id);
      log.info({ delivery: guid }, "a lost webhook is asked for again");
    } catch (error) {
      if (!isAppError(error, "INPUT", "DENIED", "CONFLICT")) throw error;
      log.info({ delivery: guid, reason: error.message }, "a lost webhook is not sent again");
    }
  }
}
