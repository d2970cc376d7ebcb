import { sql } from "kysely";
import type { PullRecord } from "../../core/pull/pull.ts";
import { type Reason, reason } from "../../core/reason.ts";
import { repositoryKey } from "../../core/repository.ts";
import type { Finding } from "../../core/verdict/finding.ts";
import {
  type Affected,
  type Affectedness,
  type AffectedUse,
  affectednesses,
  normalId,
} from "../../core/view/exposure.ts";
import type { AffectedQuestion } from "../exposures.ts";
import { useOf } from "./index-table.ts";
import type { Connection } from "./schema.ts";
import { exposureOf, type SeenUse, seenUses } from "./seen-uses.ts";

interface Row extends SeenUse {
  readonly affectedness: Affectedness;
  readonly findings: readonly Finding[] | null;
  /** Whether the digest that comes next has been scanned whole; null when none is known. */
  readonly next_scanned: boolean | null;
}

/** Where a vulnerability is, by what the scans of the digests in use say. */
export async function affected(tx: Connection, id: string, question: AffectedQuestion): Promise<Affected> {
  const judged = judgedUses(id, question);
  const { rows: totals } = await sql<{ affectedness: Affectedness; count: number }>`
    with ${judged} select affectedness, count(*)::int as count from judged group by 1`.execute(tx);
  const counted = new Map(totals.map(({ affectedness, count }) => [affectedness, count]));
  const [readyCount = 0, noFix = 0, unknown = 0, notAffected = 0] = affectednesses.map((one) => counted.get(one));
  const { rows } = await sql<Row>`
    with ${judged} select judged.* from judged
    join json_array_elements_text(${JSON.stringify(question.states)}::json) with ordinality as wanted (state, rank)
      on wanted.state = affectedness
    order by rank, owner collate "C", name collate "C", repository_key, base collate "C", ordinal
    limit ${question.limit} offset ${question.offset}`.execute(tx);
  const pulls = await openPulls(tx, rows);
  const finding = await findingOf(tx, judged);
  return {
    counts: { "fix-ready": readyCount, "no-fix": noFix, unknown, "not-affected": notAffected },
    uses: rows.map((row) => affectedUse(row, pulls.get(row.repository_key) ?? [], question.freshSince)),
    ...(finding !== undefined && { finding }),
  };
}

/**
 * A finding is gone from the next digest only when nothing that shares an id with it is left in the package there: the
 * same doubt as in a delta.
 */
function judgedUses(id: string, { viewer, freshSince }: AffectedQuestion) {
  return sql`
    seen as (${seenUses(viewer)}),
    hits as (
      select registry, image, digest, json_agg(finding order by ordinal) as findings
      from findings where ids @> array[${normalId(id)}]::text[] group by registry, image, digest),
    judged as (
      select seen.*, hits.findings, next.at is not null as next_scanned,
        case
          when hits.digest is not null and next.at is not null and not exists (
            select from findings one
            join findings other on other.registry = one.registry and other.image = one.image
              and other.digest = seen.to_digest and other.package = one.package and other.ids && one.ids
            where one.registry = seen.registry and one.image = seen.image and one.digest = seen.now_digest
              and one.ids @> array[${normalId(id)}]::text[])
            then 'fix-ready'
          when hits.digest is not null then 'no-fix'
          when seen.scanned_at >= ${freshSince} then 'not-affected'
          else 'unknown'
        end as affectedness
      from seen
      left join hits on hits.registry = seen.registry and hits.image = seen.image and hits.digest = seen.now_digest
      left join exposures next on next.registry = seen.registry and next.image = seen.image
        and next.digest = seen.to_digest)`;
}

async function openPulls(tx: Connection, rows: readonly Row[]): Promise<ReadonlyMap<string, readonly PullRecord[]>> {
  const keys = [...new Set(rows.map((row) => row.repository_key))];
  if (keys.length === 0) return new Map();
  const found = await tx
    .selectFrom("pulls")
    .select("record")
    .where("state", "=", "open")
    .where("repository_key", "in", keys)
    .execute();
  return Map.groupBy(
    found.map(({ record }) => record),
    ({ repository }) => repositoryKey(repository),
  );
}

async function findingOf(tx: Connection, judged: ReturnType<typeof judgedUses>): Promise<Finding | undefined> {
  const { rows } = await sql<{ findings: readonly Finding[] }>`
    with ${judged} select findings from judged where findings is not null limit 1`.execute(tx);
  return rows[0]?.findings[0];
}

function affectedUse(row: Row, pulls: readonly PullRecord[], freshSince: number): AffectedUse {
  const { path, line, text, state: useState, image, tag, to, owners } = useOf(row);
  const pull = row.affectedness === "fix-ready" ? pulls.find((one) => brings(one, row)) : undefined;
  const why = whyOf(row, freshSince);
  return {
    state: row.affectedness,
    repository: { host: row.host, installation: row.installation, repository: row.repository },
    ...(row.base !== "" && { base: row.base }),
    ...{ owner: row.owner, name: row.name, path, line, text, useState },
    ...(why && { reason: why }),
    ...(owners && { owners }),
    ...(image && { image }),
    ...(tag !== undefined && { tag }),
    ...(row.now_digest !== null && { digest: row.now_digest }),
    ...(to && { to }),
    packages: (row.findings ?? []).map((one) => ({ name: one.package, installed: one.installed, fixed: one.fixed })),
    ...(pull?.number !== undefined && { pull: pull.number }),
    reviewers: [...new Set(pull?.group.updates.flatMap(({ policy }) => policy.reviewers) ?? [])],
  };
}

/** Whether a pull changes this use. */
function brings({ base, group }: PullRecord, { path, text, ...row }: SeenUse): boolean {
  if (base !== (row.base === "" ? row.default_branch : row.base)) return false;
  return group.updates.some(({ changes }) => changes.some(({ use }) => use.path === path && use.text === text));
}

function whyOf(row: Row, freshSince: number): Reason | undefined {
  switch (row.affectedness) {
    case "unknown": {
      const exposure = exposureOf(row, freshSince);
      return exposure.state === "unknown" ? exposure.reason : reason("scan-unavailable");
    }
    case "no-fix":
      return row.to_digest !== null && row.next_scanned !== true
        ? reason("scan-pending", "of the update that is known")
        : (row.reason ?? undefined);
    case "fix-ready":
      return row.reason ?? undefined;
    case "not-affected":
      return undefined;
  }
}
