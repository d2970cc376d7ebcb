import { sql } from "kysely";
import type { Digest, PinnedImage } from "../../core/reference.ts";
import type { Finding } from "../../core/verdict/finding.ts";
import { countByUrgency, normalId } from "../../core/view/exposure.ts";
import type { Exposures } from "../exposures.ts";
import { affected } from "./affected.ts";
import type { Connection } from "./schema.ts";
import { storable } from "./storable.ts";
import { inTransaction } from "./transaction.ts";

export function exposuresTable(db: Connection): Exposures {
  return {
    due: (now, limit) => due(db, now, limit),
    save: (image, findings, { at, dueAt }) =>
      inTransaction(db, async (tx) => {
        await saveFindings(tx, image, findings);
        const { "known-exploited": exploited, ...counts } = countByUrgency(findings);
        const row = { at, due_at: dueAt, problem: null, known_exploited: exploited, ...counts };
        await tx
          .insertInto("exposures")
          .values({ ...keyOf(image), ...row })
          .onConflict((conflict) => conflict.columns(["registry", "image", "digest"]).doUpdateSet(row))
          .execute();
      }),
    fail: async (image, reason, dueAt) => {
      const row = { due_at: dueAt, problem: storable([reason]).slice(1, -1) };
      const none = { at: null, known_exploited: 0, critical: 0, high: 0, normal: 0 };
      await db
        .insertInto("exposures")
        .values({ ...keyOf(image), ...none, ...row })
        .onConflict((conflict) => conflict.columns(["registry", "image", "digest"]).doUpdateSet(row))
        .execute();
    },
    affected: (id, question) => inTransaction(db, (tx) => affected(tx, id, question)),
  };
}

function keyOf({ registry, repository, digest }: PinnedImage) {
  return { registry, image: repository, digest };
}

async function due(db: Connection, now: number, limit: number): Promise<readonly PinnedImage[]> {
  const { rows } = await sql<{ registry: string; image: string; digest: Digest }>`
    with used as (
      select * from uses where registry is not null and image is not null and reason->>'code' is distinct from 'ignored'),
    wanted as (
      select u.registry, u.image, coalesce(u.digest, o.digest) as digest from used u
      left join observations o on o.registry = u.registry and o.image = u.image and o.tag = u.tag
        and (o.gone_since is null or o.last_seen <= o.gone_since)
      union select registry, image, to_digest from used)
    select wanted.* from wanted
    left join exposures e using (registry, image, digest)
    where wanted.digest is not null and (e.due_at is null or e.due_at <= ${now})
    order by e.due_at nulls first, registry collate "C", image collate "C", digest collate "C"
    limit ${limit}`.execute(db);
  return rows.map(({ registry, image, digest }) => ({ registry, repository: image, digest }));
}

async function saveFindings(tx: Connection, image: PinnedImage, findings: readonly Finding[]): Promise<void> {
  const { registry, image: repository, digest } = keyOf(image);
  await sql`
    delete from findings where registry = ${registry} and image = ${repository} and digest = ${digest}`.execute(tx);
  const rows = findings.map((finding, ordinal) => {
    const ids = [...new Set([finding.id, ...finding.aliases].map(normalId))];
    return { ordinal, ids, package: finding.package, known_exploited: finding.knownExploited, finding };
  });
  await sql`
    insert into findings (registry, image, digest, ordinal, ids, package, known_exploited, finding)
    select ${registry}, ${repository}, ${digest}, ordinal, ids, package, known_exploited, finding
    from json_to_recordset(${storable(rows)}::json) as row (
      ordinal integer, ids text[], package text, known_exploited boolean, finding json)`.execute(tx);
}
