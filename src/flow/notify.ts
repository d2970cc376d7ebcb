import type { Config } from "../config/load.ts";
import type { Notice } from "../notifier/notifier.ts";
import type { Context } from "./context.ts";

/**
 * Tells every channel that configuration names and the operator granted. A channel that cannot be reached stops nothing:
 * the ledger has the fact, and the log has the failure.
 */
export async function notify(context: Context, config: Config, notice: Notice): Promise<void> {
  for (const channel of config.notify) {
    if (!context.operation.channels.has(channel)) continue;
    try {
      await context.notifier.send(channel, notice);
    } catch (error) {
      context.log.warn({ channel, notice: notice.key, error: String(error) }, "notice not delivered");
    }
  }
}
