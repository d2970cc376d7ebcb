import { repositoryKey } from "../../core/repository.ts";
import type { Index } from "../inverted-index.ts";
import { baseColumn, knownLine } from "./lines.ts";
import type { Connection } from "./schema.ts";
import { inTransaction } from "./transaction.ts";

type Extractions = Pick<Index, "extraction" | "saveExtraction" | "removeExtraction">;

/** What was read of each line. */
export function extractionsTable(db: Connection): Extractions {
  return {
    extraction: async (line, reader) => {
      const row = await db
        .selectFrom("extractions")
        .select("extraction")
        .where("repository_key", "=", repositoryKey(line))
        .where("base", "=", baseColumn(line))
        .where("reader", "=", reader)
        .executeTakeFirst();
      return row?.extraction;
    },
    saveExtraction: async (line, reader, extraction) => {
      const written = { reader, extraction: JSON.stringify(extraction) };
      // The repository, or the line, may have left while its files were being read.
      await db
        .insertInto("extractions")
        .columns(["repository_key", "base", "reader", "extraction"])
        .expression(({ selectFrom, val, cast }) =>
          selectFrom(knownLine(db, line).as("known")).select([
            "known.key",
            val(baseColumn(line)).as("base"),
            val(reader).as("reader"),
            cast<string>(val(written.extraction), "json").as("extraction"),
          ]),
        )
        .onConflict((conflict) => conflict.columns(["repository_key", "base"]).doUpdateSet(written))
        .execute();
    },
    removeExtraction: (repository) =>
      inTransaction(db, async (tx) => {
        const key = repositoryKey(repository);
        await tx.updateTable("repositories").set({ head: null, named: null }).where("key", "=", key).execute();
        await tx.deleteFrom("extractions").where("repository_key", "=", key).where("base", "=", "").execute();
        await tx.deleteFrom("uses").where("repository_key", "=", key).where("base", "=", "").execute();
      }),
  };
}
