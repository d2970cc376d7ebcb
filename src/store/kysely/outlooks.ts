import { sql } from "kysely";
import type { Outlook } from "../../core/plan/outlook.ts";
import { repositoryKey } from "../../core/repository.ts";
import type { Outlooks } from "../outlooks.ts";
import type { Connection } from "./schema.ts";

export function outlooksTable(db: Connection): Outlooks {
  return {
    save: async (repository, outlook) => {
      const record = JSON.stringify(outlook);
      await db
        .insertInto("outlooks")
        .columns(["repository_key", "record"])
        .expression(
          db
            .selectFrom("repositories")
            .select(["key", sql<string>`${record}::json`.as("record")])
            .where("key", "=", repositoryKey(repository)),
        )
        .onConflict((conflict) => conflict.column("repository_key").doUpdateSet({ record }))
        .execute();
    },
    of: async (repository) => {
      const row = await db
        .selectFrom("outlooks")
        .select("record")
        .where("repository_key", "=", repositoryKey(repository))
        .executeTakeFirst();
      return row?.record;
    },
    list: async ({ host, installation }) => {
      const rows = await db
        .selectFrom("outlooks")
        .innerJoin("repositories", "repositories.key", "outlooks.repository_key")
        .select(["outlooks.repository_key", "outlooks.record"])
        .where("repositories.host", "=", host)
        .where("repositories.installation", "=", installation)
        .execute();
      return new Map(rows.map(({ repository_key, record }): [string, Outlook] => [repository_key, record]));
    },
  };
}
