import { type Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { AppError } from "../../core/errors.ts";
import type { PullRecord } from "../../core/pull/pull.ts";
import type { Rollout } from "../../core/rollout/rollout.ts";

/** Forward only: a migration that was released is never changed, and none goes back. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  "0001-first": { up: (db) => run(db, FIRST) },
  "0002-tag-problems": { up: (db) => run(db, ["alter table images add column tag_problems json"]) },
  "0010-properties": { up: (db) => run(db, ["alter table repositories add column properties json"]) },
  "0030-outlooks": { up: (db) => run(db, OUTLOOKS) },
  "0050-write-budget": { up: (db) => run(db, WRITE_BUDGET) },
  "0060-extractions": { up: (db) => run(db, EXTRACTIONS) },
  "0061-rollout-phase": {
    up: async (db) => {
      await run(db, ["alter table rollouts add column phase text"]);
      await fillRollouts(db);
      await run(db, ["alter table rollouts alter column phase set not null", ROLLOUTS_UNDER_WAY]);
    },
  },
  "0070-exposure": { up: (db) => run(db, EXPOSURE) },
  "0071-pull-columns": {
    up: async (db) => {
      await run(db, ["alter table pulls add column state text, add column number bigint"]);
      await fillPulls(db);
      await run(db, ["alter table pulls alter column state set not null", ...PULL_INDEXES]);
    },
  },
  "0072-page": { up: (db) => run(db, PAGE) },
  "0073-sessions": { up: (db) => run(db, SESSIONS) },
  "0080-owners": { up: (db) => run(db, ["alter table uses add column owners json"]) },
  "0090-lines": { up: (db) => run(db, LINES) },
  "0091-publications": { up: (db) => run(db, PUBLICATIONS) },
  "0092-globs": { up: (db) => run(db, ["alter table uses add column globs json"]) },
};

const FIRST = [
  `create table repositories (
     key text primary key, host text not null, installation bigint not null, repository bigint not null,
     owner text not null, name text not null, default_branch text not null,
     private boolean not null, archived boolean not null, head text)`,
  `create table uses (
     repository_key text not null references repositories on delete cascade, ordinal integer not null,
     registry text, image text, tag text, digest text, path text not null, line integer not null,
     text text not null, state text not null, reason json,
     primary key (repository_key, ordinal))`,
  "create index uses_by_image on uses (registry, image, repository_key)",
  `create table images (
     registry text not null, image text not null, tags json not null, problem json, primary key (registry, image))`,
  `create table observations (
     registry text not null, image text not null, tag text not null, digest text not null,
     first_seen bigint not null, last_seen bigint not null, gone_since bigint,
     primary key (registry, image, tag))`,
  `create table scans (
     registry text not null, image text not null, digest text not null, platform text not null, scanner text not null,
     at bigint not null, report json not null,
     primary key (registry, image, digest, platform, scanner))`,
  `create table pulls (
     sequence bigint generated always as identity primary key,
     repository_key text not null, branch text not null, merge text, opened_at bigint not null, record json not null)`,
  "create unique index pulls_under_way on pulls (repository_key, branch) where merge is null",
  "create index pulls_by_branch on pulls (repository_key, branch, sequence)",
  "create index pulls_by_merge on pulls (repository_key, merge)",
  `create table releases (
     repository_key text not null, merge text not null, digest text not null,
     sequence bigint generated always as identity, record json not null,
     primary key (repository_key, merge))`,
  "create index releases_by_digest on releases (repository_key, digest)",
  `create table rollouts (
     id text primary key, target text not null, campaign text not null,
     sequence bigint generated always as identity, record json not null)`,
  "create index rollouts_by_target on rollouts (target, sequence)",
  "create index rollouts_by_campaign on rollouts (campaign, sequence)",
  `create table quarantine (
     repository_key text not null, digest text not null, cause text not null, at bigint not null,
     primary key (repository_key, digest))`,
  `create table ledger (
     sequence bigint primary key, at text not null, subject text not null, transition text not null, cause text not null,
     data json not null, previous text not null, hash text not null,
     unique (subject, transition, cause))`,
  "create table fences (key text primary key, number bigint not null)",
  "create table deliveries (id text primary key, at bigint not null)",
  "create index deliveries_by_age on deliveries (at)",
];

const EXTRACTIONS = [
  "alter table repositories add column named text, add column doubt text, add column doubted_at bigint",
  "create index repositories_by_number on repositories (repository)",
  `create table extractions (
     repository_key text primary key references repositories on delete cascade, reader text not null, extraction json not null)`,
];

const ROLLOUTS_UNDER_WAY =
  "create index rollouts_under_way on rollouts (sequence) where phase not in ('confirmed', 'rolled-back', 'failed')";

async function fillRollouts(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ id: string; record: Rollout }>`select id, record from rollouts`.execute(db);
  for (const { id, record } of rows) {
    await sql`update rollouts set phase = ${record.phase} where id = ${id}`.execute(db);
  }
}

const EXPOSURE = [
  "alter table uses add column to_tag text, add column to_digest text",
  `create table exposures (
     registry text not null, image text not null, digest text not null, at bigint, due_at bigint not null, problem json,
     known_exploited integer not null default 0, critical integer not null default 0,
     high integer not null default 0, normal integer not null default 0,
     primary key (registry, image, digest))`,
  `create table findings (
     registry text not null, image text not null, digest text not null, ordinal integer not null,
     ids text[] not null, package text not null, known_exploited boolean not null, finding json not null,
     primary key (registry, image, digest, ordinal))`,
  "create index findings_by_id on findings using gin (ids)",
];

const PULL_INDEXES = [
  "create index pulls_by_state on pulls (state, opened_at)",
  "create index pulls_by_number on pulls (repository_key, number)",
];

/** Not by the database itself: it cannot read a document in which a text holds NUL. */
async function fillPulls(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<{ sequence: number; record: PullRecord }>`select sequence, record from pulls`.execute(db);
  for (const { sequence, record } of rows) {
    const { state, number = null } = record;
    await sql`update pulls set state = ${state}, number = ${number} where sequence = ${sequence}`.execute(db);
  }
}

const WRITE_BUDGET = [
  `create table write_budgets (
     host text not null, installation bigint not null, writes json not null, noticed bigint not null,
     paused bigint not null, strikes integer not null,
     primary key (host, installation))`,
  `create table write_turns (
     host text not null, installation bigint not null, key text not null, repository text not null,
     urgency text not null, awaited boolean not null, since bigint not null, granted boolean not null,
     rest integer not null, until bigint not null,
     primary key (host, installation, key))`,
];

const OUTLOOKS = [
  `create table outlooks (
     repository_key text primary key references repositories on delete cascade, record json not null)`,
];
const PAGE = [
  "alter table rollouts add column repository_key text",
  "update rollouts set repository_key = substring(target from '^target:([^/]+/[0-9]+/[0-9]+)/')",
  "alter table rollouts alter column repository_key set not null",
  "create index rollouts_by_repository on rollouts (repository_key, sequence)",
  "create index ledger_by_repository on ledger (substring(subject from '^[a-z]+:([^/]+/[0-9]+/[0-9]+)'), sequence)",
  "create index repositories_by_name on repositories (lower(owner), lower(name))",
];

/** The default branch's rows have an empty `base`, whatever it is called. */
const LINES = [
  "alter table repositories add column maintained json",
  `create table lines (
     repository_key text not null references repositories on delete cascade, base text not null,
     head text, named text, doubt text, doubted_at bigint,
     primary key (repository_key, base))`,
  ...[
    ["uses", "repository_key, base, ordinal"],
    ["extractions", "repository_key, base"],
    ["outlooks", "repository_key, base"],
  ].flatMap(([table, key]) => [
    `alter table ${table} add column base text not null default ''`,
    `alter table ${table} drop constraint ${table}_pkey, add primary key (${key})`,
  ]),
];

const PUBLICATIONS = [
  `create table publications (
     registry text not null, image text not null, digest text not null, tag text not null, by text not null, at bigint not null,
     primary key (registry, image, digest, tag))`,
  "create index publications_by_age on publications (registry, image, at)",
  `insert into publications (registry, image, digest, tag, by, at)
     select registry, image, digest, tag, 'observed', first_seen from observations`,
  `create table digests (
     registry text not null, image text not null, digest text not null, asked json, content json,
     primary key (registry, image, digest))`,
];

const SESSIONS = [
  "create table sessions (id text primary key, login text not null, repositories json not null, expires bigint not null)",
];

async function run(db: Kysely<unknown>, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db);
}

/** Brings the database to this version's tables. Throws INPUT when a newer version of Oakum has been there. */
export async function migrate<T>(db: Kysely<T>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => MIGRATIONS } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (error instanceof Error && error.message.includes("previously executed migration")) {
    throw new AppError("INPUT", "this database was written by a newer version of Oakum", { cause: error });
  }
  throw error;
}
