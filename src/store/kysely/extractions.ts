import { repositoryKey } from "../../core/repository.ts";
import type { Index } from "../inverted-index.ts";
import type { Connection } from "./schema.ts";
import { inTransaction } from "./transaction.ts";

type Extractions = Pick<Index, "doubt" | "settle" | "extraction" | "saveExtraction" | "removeExtraction">;

/** What was read of each repository, and whether that is in doubt. */
export function extractionsTable(db: Connection): Extractions {
  return {
    doubt: async (repository, { cause, since }) => {
      await db
        .updateTable("repositories")
        .set({ doubt: cause, doubted_at: since })
        .where("key", "=", repositoryKey(repository))
        .where("named", "is distinct from", cause)
        .execute();
    },
    settle: async (repository, { cause, since }) => {
      await db
        .updateTable("repositories")
        .set({ doubt: null, doubted_at: null })
        .where("key", "=", repositoryKey(repository))
        .where("doubt", "=", cause)
        .where("doubted_at", "=", since)
        .execute();
    },
    extraction: async (repository, reader) => {
      const row = await db
        .selectFrom("extractions")
        .select("extraction")
        .where("repository_key", "=", repositoryKey(repository))
        .where("reader", "=", reader)
        .executeTakeFirst();
      return row?.extraction;
    },
    saveExtraction: async (repository, reader, extraction) => {
      const key = repositoryKey(repository);
      const written = { reader, extraction: JSON.stringify(extraction) };
      // The repository may have left while its files were being read.
      await db
        .insertInto("extractions")
        .columns(["repository_key", "reader", "extraction"])
        .expression(({ selectFrom, val, cast }) =>
          selectFrom("repositories")
            .select(["key", val(reader).as("reader"), cast<string>(val(written.extraction), "json").as("extraction")])
            .where("key", "=", key),
        )
        .onConflict((conflict) => conflict.column("repository_key").doUpdateSet(written))
        .execute();
    },
    removeExtraction: (repository) =>
      inTransaction(db, async (tx) => {
        const key = repositoryKey(repository);
        await tx.updateTable("repositories").set({ head: null, named: null }).where("key", "=", key).execute();
        await tx.deleteFrom("extractions").where("repository_key", "=", key).execute();
        await tx.deleteFrom("uses").where("repository_key", "=", key).execute();
      }),
  };
}
