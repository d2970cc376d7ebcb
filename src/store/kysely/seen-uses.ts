import { type RawBuilder, type Selectable, sql } from "kysely";
import { type Reason, reason } from "../../core/reason.ts";
import type { Digest } from "../../core/reference.ts";
import { repositoryKey } from "../../core/repository.ts";
import type { Exposure } from "../../core/view/exposure.ts";
import type { ExposureClass, Looking, ShownUse, UseFilter } from "../../core/view/view.ts";
import type { Listed, Slice, Viewer } from "../../core/view/viewer.ts";
import { useOf } from "./index-table.ts";
import type { Connection, UseRow } from "./schema.ts";

/** A use as everyone who may see it is told of it, with the digest that it names now and what was found in that. */
export interface SeenUse extends Selectable<UseRow> {
  readonly host: string;
  readonly installation: number;
  readonly repository: number;
  readonly owner: string;
  readonly name: string;
  readonly default_branch: string;
  readonly now_digest: Digest | null;
  readonly scanned_at: number | null;
  readonly scan_problem: Reason | null;
  readonly known_exploited: number | null;
  readonly critical: number | null;
  readonly high: number | null;
  readonly normal: number | null;
}

/** Whether a column with a repository's key names one that the viewer may see. */
export function isSeen(viewer: Viewer, column: string): RawBuilder<boolean> {
  if (viewer === "all") return sql<boolean>`true`;
  return sql<boolean>`${sql.ref(column)} in (select json_array_elements_text(${JSON.stringify(viewer)}::json))`;
}

/** Every use that the viewer may see, as rows of `SeenUse`. */
export function seenUses(viewer: Viewer): RawBuilder<SeenUse> {
  return sql<SeenUse>`
    select u.*, r.host, r.installation, r.repository, r.owner, r.name, r.default_branch,
      coalesce(u.digest, o.digest) as now_digest,
      e.at as scanned_at, e.problem as scan_problem, e.known_exploited, e.critical, e.high, e.normal
    from uses u
    join repositories r on r.key = u.repository_key
    left join observations o on o.registry = u.registry and o.image = u.image and o.tag = u.tag
      and (o.gone_since is null or o.last_seen <= o.gone_since)
    left join exposures e on e.registry = u.registry and e.image = u.image and e.digest = coalesce(u.digest, o.digest)
    where ${isSeen(viewer, "u.repository_key")}`;
}

/**
 * What a scan says of a use's digest. That nothing was found counts as long as the scan is from after `freshSince`
 * (milliseconds since the epoch): stale is not clean.
 */
export function exposureOf(row: SeenUse, freshSince: number): Exposure {
  if (row.now_digest === null) return unknown(row.reason ?? reason("not-observed"));
  if (row.scanned_at === null) {
    const isIgnored = row.reason?.code === "ignored";
    return unknown(row.scan_problem ?? (isIgnored && row.reason ? row.reason : reason("scan-pending")));
  }
  const { known_exploited: exploited, critical, high, normal } = row;
  const counts = { "known-exploited": exploited ?? 0, critical: critical ?? 0, high: high ?? 0, normal: normal ?? 0 };
  const isFound = Object.values(counts).some((count) => count > 0);
  if (isFound || row.scanned_at >= freshSince) return { state: "scanned", at: row.scanned_at, counts };
  const last = `last scanned ${new Date(row.scanned_at).toISOString().slice(0, 10)}`;
  return unknown(row.scan_problem ?? reason("scan-unavailable", last));
}

function unknown(why: Reason): Exposure {
  return { state: "unknown", reason: why };
}

/** The same, with how exposed each is. */
export function judgedUses({ viewer, freshSince }: Looking): RawBuilder<JudgedUse> {
  return sql<JudgedUse>`
    select seen.*, case
      when now_digest is null or scanned_at is null then 'unknown'
      when known_exploited > 0 then 'known-exploited' when critical > 0 then 'critical' when high > 0 then 'high'
      when normal > 0 then 'normal' when scanned_at < ${freshSince} then 'unknown' else 'none' end as exposure
    from (${seenUses(viewer)}) as seen`;
}

interface JudgedUse extends SeenUse {
  readonly exposure: ExposureClass;
}

/** The uses that a person looks for, by repository and place. */
export async function shownUses(db: Connection, filter: UseFilter, slice: Slice): Promise<Listed<ShownUse>> {
  const { repository, image, state, reason: code, exposure } = filter;
  const isWanted = sql.join(
    [
      ...(repository ? [sql`repository_key = ${repositoryKey(repository)}`] : []),
      ...(image ? [sql`registry = ${image.registry} and image = ${image.repository}`] : []),
      ...(state ? [sql`state = ${state}`] : []),
      ...(code ? [sql`reason->>'code' = ${code}`] : []),
      ...(exposure ? [sql`exposure = ${exposure} and reason->>'code' is distinct from 'ignored'`] : []),
      sql`true`,
    ],
    sql` and `,
  );
  const { rows } = await sql<JudgedUse & { total: number }>`
    select *, count(*) over ()::int as total from (${judgedUses(filter)}) as judged where ${isWanted}
    order by owner collate "C", name collate "C", repository_key, base collate "C", ordinal
    limit ${slice.limit} offset ${slice.offset}`.execute(db);
  return listed(rows, slice, (row) => shownUse(row, filter.freshSince));
}

function shownUse(row: SeenUse, freshSince: number): ShownUse {
  const { digest: _, ...use } = useOf(row);
  const { host, installation, repository, owner, name, now_digest: digest } = row;
  return {
    ...use,
    repository: { host, installation, repository, owner, name },
    ...(row.base !== "" && { base: row.base }),
    ...(digest !== null && { digest }),
    exposure: exposureOf(row, freshSince),
  };
}

/** Rows that each tell how many there are in all. */
export function listed<Row extends { readonly total: number }, T>(
  rows: readonly Row[],
  { offset }: Slice,
  toValue: (row: Row) => T,
): Listed<T> {
  return { shown: rows.map(toValue), total: rows[0]?.total ?? offset };
}
