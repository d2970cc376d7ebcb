import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Kind, Records } from "./records.ts";

type Id = string | number;
type Record_ = { readonly id: Id };
/** One change: the kind, the id, and the record after it (`null`: removed). */
type Change = readonly [kind: Kind, id: Id, after: Record_ | null];

/**
 * The state of the fake: every record in memory, every transaction one line of a file. A line is written with one
 * append, so a process killed with -9 leaves either the whole transaction or a torn last line, which loading ignores.
 * Without fsync: it must survive the process, not the machine.
 */
export class Journal {
  readonly #path: string;
  readonly #tables = new Map<Kind, Map<Id, Record_>>();
  #changes: Change[] = [];
  #undo: Change[] = [];

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#path = join(folder, "journal.jsonl");
    this.#load();
  }

  /** The record of this id, or `undefined`. */
  get<K extends Kind>(kind: K, id: Records[K]["id"]): Records[K] | undefined {
    return this.#table(kind).get(id) as Records[K] | undefined;
  }

  /** Every record of a kind that `matches`, oldest first. */
  all<K extends Kind>(kind: K, matches: (record: Records[K]) => boolean = () => true): Records[K][] {
    return ([...this.#table(kind).values()] as Records[K][]).filter(matches);
  }

  /** The first record of a kind that `matches`. */
  find<K extends Kind>(kind: K, matches: (record: Records[K]) => boolean): Records[K] | undefined {
    for (const record of this.#table(kind).values()) if (matches(record as Records[K])) return record as Records[K];
    return undefined;
  }

  /** Adds the record, or replaces the one with its id; answers with it. */
  put<K extends Kind>(kind: K, record: Records[K]): Records[K] {
    this.#change(kind, record.id, record);
    return record;
  }

  remove<K extends Kind>(kind: K, id: Records[K]["id"]): void {
    this.#change(kind, id, null);
  }

  /** A number that was never given out before. */
  nextId(): number {
    const value = (this.get("counter", "id")?.value ?? 1000) + 1;
    this.put("counter", { id: "id", value });
    return value;
  }

  /** Makes the changes since the last commit durable, and answers with them. */
  commit(): readonly Change[] {
    const changes = this.#changes;
    if (changes.length > 0) appendFileSync(this.#path, `${JSON.stringify(changes)}\n`);
    this.#changes = [];
    this.#undo = [];
    return changes;
  }

  /** Forgets the changes since the last commit. */
  rollback(): void {
    for (const [kind, id, before] of this.#undo.reverse()) this.#apply(kind, id, before);
    this.#changes = [];
    this.#undo = [];
  }

  #change(kind: Kind, id: Id, after: Record_ | null): void {
    this.#undo.push([kind, id, this.#table(kind).get(id) ?? null]);
    this.#changes.push([kind, id, after]);
    this.#apply(kind, id, after);
  }

  #apply(kind: Kind, id: Id, record: Record_ | null): void {
    if (record === null) this.#table(kind).delete(id);
    else this.#table(kind).set(id, record);
  }

  #table(kind: Kind): Map<Id, Record_> {
    const table = this.#tables.get(kind) ?? new Map<Id, Record_>();
    this.#tables.set(kind, table);
    return table;
  }

  #load(): void {
    if (!existsSync(this.#path)) return;
    const lines = readFileSync(this.#path, "utf8").split("\n");
    // What follows the last line end was torn by a kill: that transaction never happened.
    lines.pop();
    for (const line of lines)
      for (const [kind, id, after] of JSON.parse(line) as Change[]) this.#apply(kind, id, after);
    this.#compact();
  }

  #compact(): void {
    const records = [...this.#tables].flatMap(([kind, table]) => [...table].map(([id, after]) => [kind, id, after]));
    writeFileSync(`${this.#path}.new`, records.length === 0 ? "" : `${JSON.stringify(records)}\n`);
    renameSync(`${this.#path}.new`, this.#path);
  }
}
