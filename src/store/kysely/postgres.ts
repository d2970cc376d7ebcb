import { PostgresDialect } from "kysely";
import { Pool, types } from "pg";
import type { Engine } from "./engine.ts";

const INT8 = 20;
/** Connections of ours, and as many again of pg-boss's. */
const CONNECTIONS = 8;
const CONNECT_TIMEOUT = 5_000;

/** PostgreSQL at `url`, through a pool that connects as needed. */
export function openPostgres(url: string, log: { error(fields: object, message: string): void }): Engine {
  const pool = new Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: CONNECT_TIMEOUT,
    application_name: "oakum",
    types: { getTypeParser },
  });
  // A connection that breaks while idle; the pool has thrown it away already.
  pool.on("error", (error) => log.error({ err: error }, "database connection lost"));
  // One that breaks under a statement: that fails by itself, but unheard the event would end the process.
  pool.on("connect", (client) => void client.on("error", () => {}));
  return {
    dialect: new PostgresDialect({ pool }),
    boss: {
      connectionString: url,
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_TIMEOUT,
      application_name: "oakum-queue",
    },
    exclusive: false,
    close: async () => {
      if (!pool.ended) await pool.end();
    },
  };
}

/** Our bigints are times and counters, exact as numbers; the driver would give strings, where the embedded engine does not. */
const getTypeParser: typeof types.getTypeParser = (id: number, format?: "text" | "binary") =>
  id === INT8 ? Number : types.getTypeParser(id, format as "text");
