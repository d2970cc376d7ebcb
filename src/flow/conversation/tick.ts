import { fingerprint, readTicks } from "../../core/pull/body/boxes.ts";
import type { Pull } from "../../github/pulls.ts";
import type { Context, Run } from "../context.ts";
import { record } from "../record.ts";
import { deny, type Heard, stands } from "./obey.ts";
import { pullSubject } from "./refusal.ts";
import { grant } from "./wishes.ts";

/**
 * Does what a ticked box in the description asks for, when the description is ours but for exactly this tick, and the person
 * whom GitHub names as its last editor may write now; then the box is cleared. Several ticks at once could be of several
 * people: they are cleared, and no more. A description that says anything else of its own is left to its author. Answers
 * with the pull as it is described then.
 */
export async function obeyTick(context: Context, run: Run, { repository, own, pull }: Heard): Promise<Pull> {
  const { commands, cleared } = readTicks(pull.body);
  if (commands.length === 0 || fingerprint(cleared) !== own.described) return pull;
  const [command, ...others] = commands;
  const { comments, pulls } = context.github;
  const editor = others.length === 0 ? await comments.editor(repository, pull.number) : undefined;
  // Changed since we read it: that change's event, or the next sweep, brings us back.
  if (editor !== undefined && editor.body !== pull.body) return pull;
  const clear = () => pulls.update(repository, pull.number, { body: cleared });
  if (command !== undefined && editor?.author.isPerson === true) {
    const { author, at } = editor;
    const isWriter = await comments.mayWrite(repository, author.login);
    if (!isWriter) await deny(context, run, own, author, async () => {});
    const cause = `box ${command.kind} at ${at}`;
    // On the ledger before the box is cleared: afterwards nothing would tell that it had been ticked.
    if (isWriter && !(await stands(context, own, "commanded", cause))) {
      const data = { by: { id: author.id, login: author.login }, lines: [`[x] ${command.kind}`] };
      const fact = { subject: pullSubject(own), transition: "commanded", cause, data };
      const given = { own, number: pull.number, head: pull.head, command, by: author, cause };
      await record(context, run, fact, (tables) => grant(tables, given, context.now()));
    }
  }
  await clear();
  return { ...pull, body: cleared };
}
