import { repositoryKey } from "../../core/repository.ts";
import type { PullRecords } from "../store.ts";
import type { Connection } from "./schema.ts";

export function pullsTable(db: Connection): PullRecords {
  return {
    save: async (pull) => {
      const written = { merge: pull.merge ?? null, opened_at: pull.openedAt, record: JSON.stringify(pull) };
      await db
        .insertInto("pulls")
        .values({ repository_key: repositoryKey(pull.repository), branch: pull.branch, ...written })
        .onConflict((conflict) => conflict.columns(["repository_key", "branch"]).doUpdateSet(written))
        .execute();
    },
    get: async (repository, branch) => {
      const row = await db
        .selectFrom("pulls")
        .select("record")
        .where("repository_key", "=", repositoryKey(repository))
        .where("branch", "=", branch)
        .executeTakeFirst();
      return row?.record;
    },
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
      const rows = await (repository === undefined
        ? newest
        : newest.where("repository_key", "=", repositoryKey(repository))
      ).execute();
      return rows.map(({ record }) => record);
    },
  };
}
