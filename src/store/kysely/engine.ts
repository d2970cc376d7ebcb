import type { Dialect } from "kysely";
import type { ConstructorOptions } from "pg-boss";

/** A PostgreSQL to run on: the embedded one, or a server. */
export interface Engine {
  readonly dialect: Dialect;
  /** How pg-boss reaches the same database. */
  readonly boss: ConstructorOptions;
  /** Whether no other process can be on this database. */
  readonly exclusive: boolean;
  /** Frees what Kysely and pg-boss do not own. */
  close(): Promise<void>;
}
