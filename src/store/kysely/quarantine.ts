import { repositoryKey } from "../../core/repository.ts";
import type { Quarantine } from "../quarantine.ts";
import type { Connection } from "./schema.ts";

export function quarantineTable(db: Connection, now: () => number): Quarantine {
  return {
    add: async (repository, digest, cause) => {
      await db
        .insertInto("quarantine")
        .values({ repository_key: repositoryKey(repository), digest, cause, at: now() })
        // The first cause is the one that a person asks for.
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    digests: async (repository) => {
      const rows = await db
        .selectFrom("quarantine")
        .select("digest")
        .where("repository_key", "=", repositoryKey(repository))
        .execute();
      return new Set(rows.map(({ digest }) => digest));
    },
  };
}
