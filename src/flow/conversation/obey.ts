import { type Command, type CommandLine, readCommands } from "../../core/command.ts";
import { isAppError } from "../../core/errors.ts";
import type { PullRecord } from "../../core/pull/pull.ts";
import type { Repository } from "../../core/repository.ts";
import { code, escapeText } from "../../core/text/markdown.ts";
import type { Author, Comment } from "../../github/comments.ts";
import type { Pull } from "../../github/pulls.ts";
import type { Context, Run } from "../context.ts";
import { act } from "../record.ts";
import { pullSubject } from "./refusal.ts";
import { grant, objection, wishesOf } from "./wishes.ts";

/** A pull of ours in whose conversation people may tell us something. */
export interface Heard {
  readonly repository: Repository;
  readonly own: PullRecord;
  readonly pull: Pull;
}

const LONGEST_ANSWER = 400;

/**
 * Does what people with write access asked for in comments that they never changed, each comment once, and answers each: a
 * nod, or a puzzled look with the reason. Whoever may not write gets one puzzled look on this pull, and no other answer.
 * Comments are read only when the conversation has changed since.
 */
export async function obeyComments(context: Context, run: Run, heard: Heard): Promise<void> {
  const { own, pull, repository } = heard;
  const key = `${pull.comments} ${pull.updatedAt}`;
  if (!pull.comments || own.heard?.key === key) return;
  const { comments, whole } = await context.github.comments.list(repository, pull.number, own.heard?.at);
  const news = comments.filter(({ id }) => id > (own.heard?.comment ?? 0)).toSorted((a, b) => a.id - b.id);
  const answered = new Set(comments.flatMap(({ body, author }) => (author?.isPerson ? [] : answeredIn(body))));
  const writers = new Map<string, boolean>();
  for (const comment of news) await hear(context, run, heard, comment, { answered, writers });
  const last = news.at(-1) ?? { id: own.heard?.comment ?? 0, at: own.heard?.at };
  const at = last.at === undefined ? {} : { at: last.at };
  // Where all that was listed is known already, more of the same is no news: it would be listed for ever.
  const goesOn = !whole && news.length > 0;
  await context.store.pulls.update(own.repository, own.branch, (fresh) => {
    return { ...fresh, heard: { key: goesOn ? "" : key, comment: last.id, ...at } };
  });
  if (goesOn) await context.store.jobs.enqueue({ kind: "pull", repository: own.repository, branch: own.branch });
}

/** What is known while one conversation is read. */
interface Listening {
  /** The comments that we answered in words already. */
  readonly answered: ReadonlySet<number>;
  /** Who may write, as far as it was asked. */
  readonly writers: Map<string, boolean>;
}

async function hear(
  context: Context,
  run: Run,
  heard: Heard,
  { id, author, edited, body }: Comment,
  { answered, writers }: Listening,
): Promise<void> {
  if (edited || author?.isPerson !== true) return;
  const lines = readCommands(body);
  if (lines.length === 0) return;
  const { own, repository, pull } = heard;
  const { comments } = context.github;
  const mayWrite = writers.get(author.login) ?? (await comments.mayWrite(repository, author.login));
  writers.set(author.login, mayWrite);
  const look = () => politely(context, () => comments.react(repository, id, "puzzled"));
  if (!mayWrite) return deny(context, run, own, author, look);
  const cause = `comment ${id}`;
  if (await stands(context, own, "commanded", cause)) return;
  const { granted, problems } = await weigh(context, heard, lines);
  const answer = () =>
    politely(context, async () => {
      if (problems.length > 0 && !answered.has(id)) {
        await comments.write(repository, pull.number, `${problems.join("\n")}\n\n${answerMark(id)}`);
      }
      await comments.react(repository, id, problems.length > 0 ? "puzzled" : "yes");
    });
  const fact = { subject: pullSubject(own), transition: "commanded", cause, data: dataOf(author, lines) };
  await act(context, run, fact, answer, async (tables) => {
    for (const [at, command] of granted.entries()) {
      const given = { own, number: pull.number, head: pull.head, command, by: author, cause: `${cause}, ${at + 1}` };
      await grant(tables, given, context.now());
    }
  });
}

function dataOf({ id, login }: Author, lines: readonly CommandLine[]) {
  return { by: { id, login }, lines: lines.map(({ text }) => text) };
}

/** Which commands can be followed as things are, and what is wrong with the others. */
async function weigh(context: Context, { own, pull }: Heard, lines: readonly CommandLine[]) {
  const wishes = await wishesOf(context.store.ledger, own, context.now());
  const granted: Command[] = [];
  const problems: string[] = [];
  for (const line of lines) {
    const problem = "problem" in line ? line.problem : objection(line.command, pull.state === "open", wishes);
    if (problem !== undefined) problems.push(`${code(line.text, 60)}: ${escapeText(problem, LONGEST_ANSWER)}.`);
    else if ("command" in line) granted.push(line.command);
  }
  return { granted, problems };
}

/** Once a person and pull, so that nobody can make us answer, or fill the ledger, for ever. */
export async function deny(
  context: Context,
  run: Run,
  own: PullRecord,
  author: Author,
  answer: () => Promise<void>,
): Promise<void> {
  const { id, login } = author;
  const cause = `${id}`;
  if (await stands(context, own, "command denied", cause)) return;
  const fact = { subject: pullSubject(own), transition: "command denied", cause, data: { by: { id, login } } };
  await act(context, run, fact, answer, async () => {});
}

export async function stands({ store }: Context, own: PullRecord, transition: string, cause: string): Promise<boolean> {
  return (await store.ledger.find(pullSubject(own), transition, cause)) !== undefined;
}

/** A comment may be gone by now, or its conversation locked: what it asked for is done all the same. */
async function politely({ log }: Context, answer: () => Promise<void>): Promise<void> {
  try {
    await answer();
  } catch (error) {
    if (!isAppError(error, "DENIED", "INPUT")) throw error;
    log.warn({ reason: error.message }, "a command could not be answered");
  }
}

/** A mark in our answers: should we die right after one, we find that it was given. */
function answerMark(comment: number): string {
  return `<!-- oakum:answer:${comment} -->`;
}

function answeredIn(body: string): readonly number[] {
  const [, id] = /<!-- oakum:answer:(\d{1,16}) -->$/.exec(body.trimEnd()) ?? [];
  return id === undefined ? [] : [Number(id)];
}
