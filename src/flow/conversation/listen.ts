import type { Pull } from "../../github/pulls.ts";
import type { Context, Run } from "../context.ts";
import { act } from "../record.ts";
import { type Heard, obeyComments } from "./obey.ts";
import { isRefused, pullSubject, targetsOf } from "./refusal.ts";
import { obeyTick } from "./tick.ts";
import { wishesOf } from "./wishes.ts";

/**
 * Does what people asked for on a pull that has not merged, before anything else: their word may change what is to be done.
 * Answers with the pull as it is then.
 */
export async function listen(context: Context, run: Run, heard: Heard): Promise<Pull> {
  const isOpen = heard.pull.state === "open";
  const pull = isOpen ? await obeyTick(context, run, heard) : heard.pull;
  await obeyComments(context, run, { ...heard, pull });
  const isToClose = isOpen && heard.own.state === "open" && (await isPutAside(context, heard));
  return isToClose ? close(context, run, { ...heard, pull }) : pull;
}

/** Whether a person refused what it proposes, or put it off. */
async function isPutAside({ store, now }: Context, { own }: Heard): Promise<boolean> {
  const { snoozed } = await wishesOf(store.ledger, own, now());
  return snoozed !== undefined || (await isRefused(store.ledger, own, targetsOf(own.branch, own.group)));
}

/** The branch stays: they may want to open it again. */
async function close(context: Context, run: Run, { repository, own, pull }: Heard): Promise<Pull> {
  // As whoever finds it closed would write it down, should we die before saying so.
  await act(
    context,
    run,
    { subject: pullSubject(own), transition: "closed", cause: pull.head, data: { number: pull.number } },
    () => context.github.pulls.update(repository, pull.number, { state: "closed" }),
    async ({ pulls, jobs }) => {
      await pulls.update(own.repository, own.branch, (fresh) => ({ ...fresh, state: "closed" }));
      await jobs.enqueue({ kind: "repo", repository: own.repository });
    },
  );
  return { ...pull, state: "closed" };
}
