import { type JSONColumnType, type Selectable, sql } from "kysely";
import type { Observation, TagProblem } from "../../core/plan/observation.ts";
import { type ImageName, imageKey } from "../../core/reference.ts";
import type { Observations, ObservedImage } from "../observations.ts";
import { rememberNamed } from "./publications.ts";
import type { Connection, ImageRow, ObservationRow } from "./schema.ts";
import { storable } from "./storable.ts";
import { inTransaction } from "./transaction.ts";

export function observationsTable(db: Connection): Observations {
  return {
    of: async (image) => (await observed(db, [image])).get(imageKey(image)),
    ofAll: (images) => observed(db, images),
    save: (image, tags, changed, problems = []) =>
      inTransaction(db, async (tx) => {
        await saveTags(tx, image, tags, problems);
        await upsert(tx, image, changed);
        await rememberNamed(tx, image, changed);
      }),
    fail: async (image, reason) => {
      const problem = JSON.stringify(reason);
      await db
        .insertInto("images")
        .values({ registry: image.registry, image: image.repository, tags: "[]", problem })
        .onConflict((conflict) => conflict.columns(["registry", "image"]).doUpdateSet({ problem }))
        .execute();
    },
  };
}

type SeenRow = Pick<ImageRow, "registry" | "image" | "tags" | "problem" | "tag_problems"> & {
  readonly observations: JSONColumnType<readonly Omit<Selectable<ObservationRow>, "registry" | "image">[]>;
};

/** In one statement, so that each image's parts are of one moment. */
async function observed(db: Connection, images: readonly ImageName[]): Promise<ReadonlyMap<string, ObservedImage>> {
  const names = images.map(({ registry, repository: image }) => ({ registry, image }));
  const { rows } = await sql<Selectable<SeenRow>>`
    select registry, image, tags, problem, tag_problems,
      (select coalesce(json_agg(seen order by tag collate "C"), '[]') from (
        select tag, digest, first_seen, last_seen, gone_since from observations
        where observations.registry = images.registry and observations.image = images.image) as seen) as observations
    from images where (registry, image) in (
      select registry, image from json_to_recordset(${storable(names)}::json) as row (registry text, image text))`.execute(
    db,
  );
  return new Map(rows.map((row) => [imageKey({ registry: row.registry, repository: row.image }), observedOf(row)]));
}

function observedOf(row: Selectable<SeenRow>): ObservedImage {
  const { registry, image, tags, problem, tag_problems: tagProblems, observations } = row;
  return {
    tags,
    observations: observations.map((one) => observationOf({ ...one, registry, image })),
    ...(problem !== null && { problem }),
    ...(tagProblems !== null && { tagProblems }),
  };
}

async function saveTags(
  tx: Connection,
  image: ImageName,
  tags: readonly string[],
  problems: readonly TagProblem[],
): Promise<void> {
  const tagProblems = problems.length === 0 ? null : JSON.stringify(problems);
  const news = { tags: JSON.stringify(tags), problem: null, tag_problems: tagProblems };
  await tx
    .insertInto("images")
    .values({ registry: image.registry, image: image.repository, ...news })
    .onConflict((conflict) => conflict.columns(["registry", "image"]).doUpdateSet(news))
    .execute();
}

async function upsert(tx: Connection, image: ImageName, changed: readonly Observation[]): Promise<void> {
  const rows = changed.map(({ tag, digest, firstSeen, lastSeen, goneSince }) => {
    return { tag, digest, first_seen: firstSeen, last_seen: lastSeen, gone_since: goneSince };
  });
  await sql`
    insert into observations (registry, image, tag, digest, first_seen, last_seen, gone_since)
    select ${image.registry}, ${image.repository}, tag, digest, first_seen, last_seen, gone_since
    from json_to_recordset(${JSON.stringify(rows)}::json) as row (
      tag text, digest text, first_seen bigint, last_seen bigint, gone_since bigint)
    on conflict (registry, image, tag) do update set
      digest = excluded.digest, first_seen = excluded.first_seen,
      last_seen = excluded.last_seen, gone_since = excluded.gone_since`.execute(tx);
}

function observationOf(row: Selectable<ObservationRow>): Observation {
  return {
    image: { registry: row.registry, repository: row.image },
    tag: row.tag,
    digest: row.digest,
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    ...(row.gone_since === null ? {} : { goneSince: row.gone_since }),
  };
}
