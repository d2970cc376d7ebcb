import { type Selectable, sql } from "kysely";
import type { LineId } from "../../core/line.ts";
import { repositoryKey, type Sha } from "../../core/repository.ts";
import { type Doubt, type Index, type IndexedLine, type Maintained, REFUSED } from "../inverted-index.ts";
import type { Connection, LineRow } from "./schema.ts";
import { inTransaction } from "./transaction.ts";

type Lines = Pick<Index, "doubt" | "settle" | "lines" | "saveLines">;

/** Which lines there are, what GitHub named as their heads, and whether that is in doubt. */
export function linesTable(db: Connection): Lines {
  return {
    doubt: (line, doubt) => inTransaction(db, (tx) => raise(tx, line, doubt)),
    settle: (line, doubt) => settle(db, line, doubt),
    lines: async (repository) => {
      const rows = db.selectFrom("lines").selectAll().where("repository_key", "=", repositoryKey(repository));
      return (await rows.orderBy(sql`base collate "C"`).execute()).map(lineOf);
    },
    saveLines: (repository, maintained, lines) =>
      inTransaction(db, (tx) => saveLines(tx, repositoryKey(repository), maintained, lines)),
  };
}

/** How rows name the line that they are of: the default branch's by nothing, as it may be called otherwise one day. */
export function baseColumn({ base = "" }: LineId): string {
  return base;
}

/** The key of a line's repository, as a query; nothing, when the repository or the line has left. */
export function knownLine(db: Connection, line: LineId) {
  const [key, base] = [repositoryKey(line), baseColumn(line)];
  const lines = db.selectFrom("lines").select("repository_key as key");
  return base === ""
    ? db.selectFrom("repositories").select("key").where("key", "=", key)
    : lines.where("repository_key", "=", key).where("base", "=", base);
}

/** Changes the row of a line; answers whether there is one. */
export async function changeLine(
  db: Connection,
  line: LineId,
  change: Partial<Pick<Selectable<LineRow>, "head" | "doubt" | "doubted_at">>,
  doubt?: Doubt,
): Promise<boolean> {
  const [key, base] = [repositoryKey(line), baseColumn(line)];
  const isMeant = base === "" ? sql<boolean>`key = ${key}` : sql<boolean>`repository_key = ${key} and base = ${base}`;
  const isSame = doubt ? sql<boolean>`doubt = ${doubt.cause} and doubted_at = ${doubt.since}` : sql<boolean>`true`;
  const answer = await (base === ""
    ? db.updateTable("repositories").set(change).where(isMeant).where(isSame).executeTakeFirst()
    : db.updateTable("lines").set(change).where(isMeant).where(isSame).executeTakeFirst());
  return answer.numUpdatedRows > 0n;
}

/** What is known of a line, as its row says. */
export function knownOf({ head, named, doubt, doubted_at: at }: Omit<Selectable<LineRow>, "repository_key" | "base">) {
  return {
    ...(head === null ? {} : { head }),
    ...(named === null ? {} : { named }),
    ...(doubt === null ? {} : { doubt: { cause: doubt, since: at ?? 0 } }),
  };
}

function lineOf(row: Selectable<LineRow>): IndexedLine {
  return { base: row.base, ...knownOf(row) };
}

/**
 * A base that is the default branch by now is meant as such. Of others that are not lines yet a doubt is kept where policy names
 * some: it may be a new one.
 */
async function raise(tx: Connection, line: LineId, { cause, since }: Doubt): Promise<void> {
  const key = repositoryKey(line);
  const doubted = { doubt: sql<string>`case doubt when ${REFUSED} then doubt else ${cause} end`, doubted_at: since };
  const isMeant = line.base === undefined ? sql<boolean>`true` : sql<boolean>`default_branch = ${line.base}`;
  await tx
    .updateTable("repositories")
    .set(doubted)
    .where("key", "=", key)
    .where(isMeant)
    .where("named", "is distinct from", cause)
    .execute();
  if (line.base === undefined) return;
  await sql`
    insert into lines as old (repository_key, base, doubt, doubted_at)
    select key, ${line.base}, ${cause}, ${since} from repositories
    where key = ${key} and default_branch <> ${line.base} and maintained is not null
    on conflict (repository_key, base) do update set doubt = excluded.doubt, doubted_at = excluded.doubted_at
    where old.named is distinct from excluded.doubt`.execute(tx);
}

async function settle(db: Connection, line: LineId, doubt: Doubt): Promise<void> {
  await changeLine(db, line, { doubt: null, doubted_at: null }, doubt);
  if (line.base === undefined) return;
  // What was only a doubt is nothing without it.
  await db
    .deleteFrom("lines")
    .where("repository_key", "=", repositoryKey(line))
    .where("base", "=", line.base)
    .where("named", "is", null)
    .where("doubt", "is", null)
    .execute();
}

async function saveLines(
  tx: Connection,
  key: string,
  maintained: Maintained | undefined,
  lines: ReadonlyMap<string, Sha>,
): Promise<void> {
  const written = maintained === undefined ? null : JSON.stringify(maintained);
  const known = await tx
    .updateTable("repositories")
    .set({ maintained: written })
    .where("key", "=", key)
    .executeTakeFirst();
  // The repository left meanwhile.
  if (known.numUpdatedRows === 0n) return;
  const bases = JSON.stringify([...lines.keys()]);
  const isOther = sql<boolean>`base <> '' and base not in (select json_array_elements_text(${bases}::json))`;
  for (const table of ["uses", "extractions", "outlooks"] as const)
    await tx.deleteFrom(table).where("repository_key", "=", key).where(isOther).execute();
  await tx
    .updateTable("lines")
    .set({ head: null, named: null })
    .where("repository_key", "=", key)
    .where(isOther)
    .execute();
  const isDoubted = maintained === undefined ? sql<boolean>`true` : sql<boolean>`doubt is null`;
  await tx.deleteFrom("lines").where("repository_key", "=", key).where(isOther).where(isDoubted).execute();
  for (const [base, named] of lines)
    await tx
      .insertInto("lines")
      .values({ repository_key: key, base, named, head: null, doubt: null, doubted_at: null })
      .onConflict((conflict) => conflict.columns(["repository_key", "base"]).doUpdateSet({ named }))
      .execute();
}
