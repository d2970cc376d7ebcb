import type { Sessions } from "../sessions.ts";
import type { Connection } from "./schema.ts";
import { inTransaction } from "./transaction.ts";

export function sessionsTable(db: Connection): Sessions {
  return {
    save: ({ id, login, repositories, expires }, now) =>
      inTransaction(db, async (tx) => {
        await tx.deleteFrom("sessions").where("expires", "<=", now).execute();
        const row = { id, login, repositories: JSON.stringify(repositories), expires };
        await tx.insertInto("sessions").values(row).execute();
      }),
    find: async (id, now) => {
      const found = db.selectFrom("sessions").selectAll().where("id", "=", id).where("expires", ">", now);
      return found.executeTakeFirst();
    },
    remove: async (id) => {
      await db.deleteFrom("sessions").where("id", "=", id).execute();
    },
  };
}
