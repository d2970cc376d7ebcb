import type { PullRecord } from "../../core/pull/pull.ts";
import { type RepositoryId, repositoryKey } from "../../core/repository.ts";
import type { PullRecords } from "../pulls.ts";
import type { Connection } from "./schema.ts";
import { inTransaction } from "./transaction.ts";

export function pullsTable(db: Connection): PullRecords {
  return {
    save: (pull) => inTransaction(db, (tx) => save(tx, pull)),
    update: (repository, branch, change) => inTransaction(db, (tx) => update(tx, repository, branch, change)),
    get: async (repository, branch) => (await ofBranch(db, repository, branch).executeTakeFirst())?.record,
    byMerge: async (repository, merge) => {
      const row = await db
        .selectFrom("pulls")
        .select("record")
        .where("repository_key", "=", repositoryKey(repository))
        .where("merge", "=", merge)
        .executeTakeFirst();
      return row?.record;
    },
    list: async (repository) => {
      const newest = db.selectFrom("pulls").select("record").orderBy("opened_at", "desc").orderBy("sequence", "desc");
      const chosen = repository && newest.where("repository_key", "=", repositoryKey(repository));
      return (await (chosen ?? newest).execute()).map(({ record }) => record);
    },
    repositories: async () => {
      // Of each repository any record will do: they all name it.
      const rows = await db.selectFrom("pulls").distinctOn("repository_key").select("record").execute();
      return rows.map(({ record }) => record.repository);
    },
    unmerged: async () => {
      const rows = await db.selectFrom("pulls").select("record").where("merge", "is", null).execute();
      return rows.map(({ record }) => record);
    },
    unreleased: () => unreleased(db),
  };
}

async function unreleased(db: Connection): Promise<readonly PullRecord[]> {
  const rows = await db
    .selectFrom("pulls")
    .select("record")
    .where("merge", "is not", null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("releases")
            .whereRef("releases.repository_key", "=", "pulls.repository_key")
            .whereRef("releases.merge", "=", "pulls.merge"),
        ),
      ),
    )
    .execute();
  return rows.map(({ record }) => record);
}

/** The records of a branch, newest first: one that may still change, after those that merged. */
function ofBranch(db: Connection, repository: RepositoryId, branch: string) {
  return db
    .selectFrom("pulls")
    .select(["sequence", "merge", "record"])
    .where("repository_key", "=", repositoryKey(repository))
    .where("branch", "=", branch)
    .orderBy("sequence", "desc")
    .limit(1);
}

async function save(tx: Connection, pull: PullRecord): Promise<void> {
  const standing = await ofBranch(tx, pull.repository, pull.branch).forUpdate().executeTakeFirst();
  if (standing !== undefined && (standing.merge === null || standing.merge === pull.merge)) {
    await write(tx, standing.sequence, pull);
    return;
  }
  await tx
    .insertInto("pulls")
    .values({ repository_key: repositoryKey(pull.repository), branch: pull.branch, ...columns(pull) })
    .execute();
}

async function update(
  tx: Connection,
  repository: RepositoryId,
  branch: string,
  change: (record: PullRecord) => PullRecord,
): Promise<void> {
  const standing = await ofBranch(tx, repository, branch).forUpdate().executeTakeFirst();
  if (standing !== undefined) await write(tx, standing.sequence, change(standing.record));
}

async function write(tx: Connection, sequence: number, pull: PullRecord): Promise<void> {
  await tx.updateTable("pulls").set(columns(pull)).where("sequence", "=", sequence).execute();
}

function columns(pull: PullRecord) {
  const { state, number = null, merge = null, openedAt } = pull;
  return { state, number, merge, opened_at: openedAt, record: JSON.stringify(pull) };
}
