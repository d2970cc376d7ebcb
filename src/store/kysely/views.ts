import { type RawBuilder, type Selectable, sql } from "kysely";
import type { LedgerEntry } from "../../core/ledger.ts";
import type { UseState } from "../../core/plan/update.ts";
import type { PullRecord } from "../../core/pull/pull.ts";
import type { ReasonCode } from "../../core/reason.ts";
import { type RepositoryId, repositoryKey } from "../../core/repository.ts";
import type { Rollout } from "../../core/rollout/rollout.ts";
import {
  EXPOSURE_CLASSES,
  type ExposureClass,
  type Looking,
  type ShownImage,
  type ShownRepository,
  type Summary,
  type UseCount,
} from "../../core/view/view.ts";
import type { Listed, Slice, Viewer } from "../../core/view/viewer.ts";
import type { Views, WantedFacts, WantedPulls } from "../views.ts";
import { findings, imageDetail } from "./image-view.ts";
import { repositoryOf } from "./index-table.ts";
import { entryOf } from "./ledger.ts";
import type { Connection, LedgerRow, RepositoryRow } from "./schema.ts";
import { isSeen, judgedUses, listed, shownUses } from "./seen-uses.ts";
import { inTransaction } from "./transaction.ts";

/** What the page reads. Nothing here loads a table whole: counts are the database's, and lists are cut there. */
export function viewsTable(db: Connection): Views {
  return {
    summary: (looking) => inTransaction(db, (tx) => summary(tx, looking)),
    uses: (filter, slice) => shownUses(db, filter, slice),
    repositories: (looking, slice, text) => repositories(db, looking, slice, text),
    repository: (viewer, owner, name) => repository(db, viewer, owner, name),
    images: (looking, slice, text) => images(db, looking, slice, text),
    image: (looking, image) => inTransaction(db, (tx) => imageDetail(tx, looking, image)),
    findings: (viewer, question) => findings(db, viewer, question),
    pulls: (viewer, wanted, slice) => pulls(db, viewer, wanted, slice),
    rollouts: (viewer, wanted, slice) => rollouts(db, viewer, wanted, slice),
    ledger: (viewer, wanted, slice) => ledger(db, viewer, wanted, slice),
    names: (viewer, keys) => names(db, viewer, keys),
  };
}

async function summary(tx: Connection, looking: Looking): Promise<Summary> {
  const { viewer } = looking;
  const judged = judgedUses(looking);
  const { rows: exposed } = await sql<UseCount & { exposure: ExposureClass; ready: number }>`
    with judged as (${judged}) select exposure, count(*)::int as uses, count(distinct repository_key)::int as repositories,
      count(to_digest)::int as ready
    from judged where reason->>'code' is distinct from 'ignored' group by 1`.execute(tx);
  const { rows: states } = await sql<UseCount & { state: UseState; code: ReasonCode | null }>`
    select state, reason->>'code' as code, count(*)::int as uses, count(distinct repository_key)::int as repositories
    from uses where ${isSeen(viewer, "repository_key")} group by 1, 2 order by 3 desc, 1, 2`.execute(tx);
  const { rows: totals } = await sql<{ repositories: number; unread: number; images: number; open: number }>`
    select count(*)::int as repositories, count(*) filter (where head is null)::int as unread,
      (select count(*)::int from (select distinct registry, image from uses
        where image is not null and ${isSeen(viewer, "repository_key")}) as distinct_images) as images,
      (select count(*)::int from pulls where state = 'open' and ${isSeen(viewer, "repository_key")}) as open
    from repositories where ${isSeen(viewer, "key")}`.execute(tx);
  const { rows: rolling } = await sql<{ active: number; confirmed: number }>`
    select count(*) filter (where phase not in ('confirmed', 'rolled-back', 'failed'))::int as active,
      count(*) filter (where phase = 'confirmed')::int as confirmed
    from rollouts where ${isSeen(viewer, "repository_key")}`.execute(tx);
  const { repositories: all = 0, unread = 0, images: named = 0, open = 0 } = totals[0] ?? {};
  const counted = new Map(exposed.map(({ exposure, ...counts }) => [exposure, counts]));
  const none = { uses: 0, repositories: 0, ready: 0 };
  const exposure = Object.fromEntries(EXPOSURE_CLASSES.map((one) => [one, counted.get(one) ?? none]));
  return {
    ...{ repositories: all, unread, images: named, openPulls: open },
    exposure: exposure as Summary["exposure"],
    states: states.map(({ code, ...rest }) => ({ ...rest, ...(code !== null && { code }) })),
    rollouts: rolling[0] ?? { active: 0, confirmed: 0 },
  };
}

/** What contains a text, whatever the case; everything when there is none. */
function contains(column: RawBuilder<unknown>, text: string | undefined): RawBuilder<boolean> {
  if (text === undefined) return sql<boolean>`true`;
  return sql<boolean>`${column} ilike ${`%${text.replace(/[\\%_]/g, "\\$&")}%`}`;
}

async function repositories(
  db: Connection,
  looking: Looking,
  slice: Slice,
  text: string | undefined,
): Promise<Listed<ShownRepository>> {
  type Row = Selectable<RepositoryRow> & {
    uses: number;
    updates: number;
    held: number;
    rank: number | null;
    total: number;
  };
  const { rows } = await sql<Row>`
    with chosen as (
      select *, count(*) over ()::int as total from repositories
      where ${isSeen(looking.viewer, "key")} and ${contains(sql`owner || '/' || name`, text)}
      order by owner collate "C", name collate "C", key limit ${slice.limit} offset ${slice.offset}),
    judged as (${judgedUses(looking)}),
    counted as (
      select repository_key, count(*)::int as uses, count(*) filter (where state = 'update')::int as updates,
        count(*) filter (where state = 'held')::int as held,
        min(${rankOf("judged")}) filter (where reason->>'code' is distinct from 'ignored') as rank
      from judged where repository_key in (select key from chosen) group by repository_key)
    select chosen.*, coalesce(uses, 0) as uses, coalesce(updates, 0) as updates, coalesce(held, 0) as held, rank
    from chosen left join counted on counted.repository_key = chosen.key
    order by chosen.owner collate "C", chosen.name collate "C", chosen.key`.execute(db);
  return listed(rows, slice, (row) => ({
    ...repositoryOf(row),
    ...{ isRead: row.head !== null, uses: row.uses, updates: row.updates, held: row.held, worst: classOf(row.rank) },
  }));
}

function rankOf(table: string): RawBuilder<number> {
  return sql<number>`array_position(${sql.lit(`{${EXPOSURE_CLASSES.join(",")}}`)}::text[], ${sql.ref(`${table}.exposure`)})`;
}

function classOf(rank: number | null): ExposureClass {
  return EXPOSURE_CLASSES[(rank ?? EXPOSURE_CLASSES.length) - 1] ?? "none";
}

async function repository(db: Connection, viewer: Viewer, owner: string, name: string) {
  const row = await db
    .selectFrom("repositories")
    .selectAll()
    .where(isSeen(viewer, "key"))
    .where(sql<boolean>`lower(owner) = lower(${owner}) and lower(name) = lower(${name})`)
    // Of two with one name, one has moved away.
    .orderBy("repository", "desc")
    .limit(1)
    .executeTakeFirst();
  return row && repositoryOf(row);
}

async function images(
  db: Connection,
  looking: Looking,
  slice: Slice,
  text: string | undefined,
): Promise<Listed<ShownImage>> {
  type Row = UseCount & { registry: string; image: string; rank: number | null; total: number };
  const { rows } = await sql<Row>`
    with judged as (${judgedUses(looking)})
    select registry, image, count(*)::int as uses, count(distinct repository_key)::int as repositories,
      min(${rankOf("judged")}) filter (where reason->>'code' is distinct from 'ignored') as rank,
      count(*) over ()::int as total
    from judged where image is not null and ${contains(sql`registry || '/' || image`, text)}
    group by registry, image order by uses desc, registry collate "C", image collate "C"
    limit ${slice.limit} offset ${slice.offset}`.execute(db);
  return listed(rows, slice, ({ registry, image, uses, repositories: users, rank }) => ({
    ...{ registry, repository: image, uses, repositories: users, worst: classOf(rank) },
  }));
}

async function pulls(
  db: Connection,
  viewer: Viewer,
  { repository: of, state, number }: WantedPulls,
  slice: Slice,
): Promise<Listed<PullRecord>> {
  const { rows } = await sql<{ record: PullRecord; total: number }>`
    select record, count(*) over ()::int as total from pulls
    where ${isSeen(viewer, "repository_key")}
      and ${of === undefined ? sql`true` : sql`repository_key = ${repositoryKey(of)}`}
      and ${state === undefined ? sql`true` : sql`state = ${state}`}
      and ${number === undefined ? sql`true` : sql`number = ${number}`}
    order by opened_at desc, sequence desc limit ${slice.limit} offset ${slice.offset}`.execute(db);
  return listed(rows, slice, ({ record }) => record);
}

async function rollouts(
  db: Connection,
  viewer: Viewer,
  { repository: of }: { readonly repository?: RepositoryId },
  slice: Slice,
): Promise<Listed<Rollout>> {
  const { rows } = await sql<{ record: Rollout; total: number }>`
    select record, count(*) over ()::int as total from rollouts where ${isSeen(viewer, "repository_key")}
      and ${of === undefined ? sql`true` : sql`repository_key = ${repositoryKey(of)}`}
    order by phase in ('confirmed', 'rolled-back', 'failed'), sequence desc
    limit ${slice.limit} offset ${slice.offset}`.execute(db);
  return listed(rows, slice, ({ record }) => record);
}

/** The repository that a fact is about, as the index `ledger_by_repository` has it. */
const ABOUT = sql<string>`substring(subject from '^[a-z]+:([^/]+/[0-9]+/[0-9]+)')`;

/** The tag that a fact about an image is about. No other fact is looked into: it may hold what a text may not. */
const TAG = sql<string>`case when starts_with(subject, 'image:') then data->>'tag' end`;

/** A fact about no repository and no tag that the viewer uses is none of their business: nobody knows whose it is. */
async function ledger(
  db: Connection,
  viewer: Viewer,
  { subjects, beginning }: WantedFacts,
  slice: Slice,
): Promise<Listed<LedgerEntry>> {
  const mine =
    viewer === "all"
      ? sql`true`
      : sql`(${ABOUT} in (select json_array_elements_text(${JSON.stringify(viewer)}::json)) or (subject, ${TAG}) in (
          select 'image:' || registry || '/' || image, tag from uses
          where tag is not null and ${isSeen(viewer, "repository_key")}))`;
  const about = [
    ...(subjects ? [sql`subject in (select json_array_elements_text(${JSON.stringify(subjects)}::json))`] : []),
    ...(beginning === undefined ? [] : [sql`starts_with(subject, ${beginning})`]),
    sql`true`,
  ];
  const { rows } = await sql<LedgerRow & { total: number }>`
    select *, count(*) over ()::int as total from ledger where ${mine} and ${sql.join(about, sql` and `)}
    order by sequence desc limit ${slice.limit} offset ${slice.offset}`.execute(db);
  return listed(rows, slice, entryOf);
}

async function names(db: Connection, viewer: Viewer, keys: readonly string[]) {
  if (keys.length === 0) return new Map();
  const rows = await db
    .selectFrom("repositories")
    .selectAll()
    .where(isSeen(viewer, "key"))
    .where("key", "in", keys)
    .execute();
  return new Map(rows.map((row) => [row.key, repositoryOf(row)]));
}
