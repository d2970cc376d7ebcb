import { sql } from "kysely";
import { lineKey } from "../../core/line.ts";
import type { Outlook } from "../../core/plan/outlook.ts";
import { repositoryKey } from "../../core/repository.ts";
import type { Outlooks } from "../outlooks.ts";
import { baseColumn, knownLine } from "./lines.ts";
import type { Connection } from "./schema.ts";

export function outlooksTable(db: Connection): Outlooks {
  return {
    save: async (line, outlook) => {
      const record = JSON.stringify(outlook);
      await db
        .insertInto("outlooks")
        .columns(["repository_key", "base", "record"])
        .expression(
          db
            .selectFrom(knownLine(db, line).as("known"))
            .select([
              "known.key",
              sql<string>`${baseColumn(line)}::text`.as("base"),
              sql<string>`${record}::json`.as("record"),
            ]),
        )
        .onConflict((conflict) => conflict.columns(["repository_key", "base"]).doUpdateSet({ record }))
        .execute();
    },
    of: async (line) => {
      const row = await db
        .selectFrom("outlooks")
        .select("record")
        .where("repository_key", "=", repositoryKey(line))
        .where("base", "=", baseColumn(line))
        .executeTakeFirst();
      return row?.record;
    },
    list: async ({ host, installation }) => {
      const rows = await db
        .selectFrom("outlooks")
        .innerJoin("repositories", "repositories.key", "outlooks.repository_key")
        .select(["repositories.repository", "outlooks.base", "outlooks.record"])
        .where("repositories.host", "=", host)
        .where("repositories.installation", "=", installation)
        .execute();
      return new Map(
        rows.map(({ repository, base, record }): [string, Outlook] => [
          lineKey({ host, installation, repository, ...(base !== "" && { base }) }),
          record,
        ]),
      );
    },
  };
}
