import type { Config } from "../../config/config.ts";
import { isAppError } from "../../core/errors.ts";
import type { Notice } from "../../notifier/notifier.ts";
import type { Context, Run } from "../context.ts";
import { act } from "../record.ts";

/**
 * Tells every channel that configuration names and the operator granted, once per key of the notice. A channel that cannot
 * be reached stops nothing: the ledger has the fact, and the log has the failure.
 */
export async function notify(context: Context, run: Run, config: Config, notice: Notice): Promise<void> {
  for (const channel of config.notify) {
    if (!context.operation.channels.has(channel)) continue;
    const fact = { subject: run.key, transition: `told ${channel}`, cause: notice.key, data: { title: notice.title } };
    if ((await context.store.ledger.find(fact.subject, fact.transition, fact.cause)) !== undefined) continue;
    try {
      await act(
        context,
        run,
        fact,
        () => context.notifier.send(channel, notice),
        async () => {},
      );
    } catch (error) {
      if (!isAppError(error) || error.code === "CONFLICT") throw error;
      context.log.warn({ channel, notice: notice.key, error: error.message }, "notice not delivered");
    }
  }
}
