import { setImmediate } from "node:timers/promises";

/**
 * Lets everyone else have their turn. What reads or proves many files of one repository asks for it between two of them:
 * a file takes up to half a second if somebody wanted it to, and webhooks are waited for ten.
 */
export async function takeTurns(): Promise<void> {
  await setImmediate();
}
