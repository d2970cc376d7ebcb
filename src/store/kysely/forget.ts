import { type RepositoryId, repositoryKey } from "../../core/repository.ts";
import type { Connection } from "./schema.ts";
import { inTransaction } from "./transaction.ts";

/** Deletes all that is kept of a repository, and then of images that no use names any more. */
export function forget(db: Connection, repository: RepositoryId): Promise<void> {
  const key = repositoryKey(repository);
  return inTransaction(db, async (tx) => {
    await tx.deleteFrom("repositories").where("key", "=", key).execute();
    await tx.deleteFrom("pulls").where("repository_key", "=", key).execute();
    await tx.deleteFrom("releases").where("repository_key", "=", key).execute();
    await tx.deleteFrom("rollouts").where("repository_key", "=", key).execute();
    await forgetUnused(tx);
  });
}

/** What images are called, and what is found in them, may be as private as the repositories that used them. */
async function forgetUnused(tx: Connection): Promise<void> {
  for (const table of [
    "images",
    "observations",
    "publications",
    "digests",
    "scans",
    "exposures",
    "findings",
  ] as const) {
    await tx
      .deleteFrom(table)
      .where(({ not, exists, selectFrom }) =>
        not(
          exists(
            selectFrom("uses")
              .whereRef("uses.registry", "=", `${table}.registry`)
              .whereRef("uses.image", "=", `${table}.image`),
          ),
        ),
      )
      .execute();
  }
}
