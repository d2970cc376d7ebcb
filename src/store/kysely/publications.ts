import { type Selectable, sql } from "kysely";
import type { IndexContent } from "../../core/plan/index-content.ts";
import type { Observation } from "../../core/plan/observation.ts";
import type { Publication } from "../../core/plan/publication.ts";
import { type Digest, type ImageName, imageKey, type PinnedImage } from "../../core/reference.ts";
import type { NewPublications, Publications } from "../publications.ts";
import type { Connection, DigestRow, PublicationRow } from "./schema.ts";
import { inTransaction } from "./transaction.ts";

/** Rows kept of one image: a registry may let a tag name another digest every time that it is asked. */
const MOST_NAMES = 10_000;

export function publicationsTable(db: Connection): Publications {
  return {
    of: (pins) => publicationsOf(db, pins),
    contents: (pins) => contentsOf(db, pins),
    save: (image, news) => inTransaction(db, (tx) => save(tx, image, news)),
  };
}

async function publicationsOf(
  db: Connection,
  pins: readonly PinnedImage[],
): Promise<ReadonlyMap<string, readonly Publication[]>> {
  if (pins.length === 0) return new Map();
  const names = await sql<Selectable<PublicationRow>>`
    select registry, image, digest, tag, by, at from publications where ${isPinned(pins)}
    order by tag collate "C"`.execute(db);
  const asked = await digestsOf(db, pins);
  const byPin = Map.groupBy(names.rows, pinKey);
  const answers = new Map(asked.map((row) => [pinKey(row), row]));
  const found = pins.flatMap((pin) => {
    const key = `${imageKey(pin)}@${pin.digest}`;
    const tags = (byPin.get(key) ?? []).map(({ tag, by }) => ({ tag, by }));
    const answer = answers.get(key)?.asked ?? undefined;
    return tags.length === 0 && answer === undefined
      ? []
      : [{ image: imageKey(pin), publication: { digest: pin.digest, tags, ...(answer && { asked: answer }) } }];
  });
  const byImage = Map.groupBy(found, ({ image }) => image);
  return new Map([...byImage].map(([key, own]) => [key, own.map(({ publication }) => publication)]));
}

async function contentsOf(
  db: Connection,
  pins: readonly PinnedImage[],
): Promise<ReadonlyMap<string, ReadonlyMap<Digest, IndexContent>>> {
  const known = (await digestsOf(db, pins)).filter(({ content }) => content !== null);
  const byImage = Map.groupBy(known, (row) => imageKey({ registry: row.registry, repository: row.image }));
  return new Map(
    [...byImage].map(([key, rows]) => [key, new Map(rows.map(({ digest, content }) => [digest, content ?? []]))]),
  );
}

async function digestsOf(db: Connection, pins: readonly PinnedImage[]): Promise<readonly Selectable<DigestRow>[]> {
  if (pins.length === 0) return [];
  const { rows } = await sql<Selectable<DigestRow>>`
    select registry, image, digest, asked, content from digests where ${isPinned(pins)}`.execute(db);
  return rows;
}

function isPinned(pins: readonly PinnedImage[]) {
  const rows = pins.map(({ registry, repository: image, digest }) => ({ registry, image, digest }));
  return sql<boolean>`(registry, image, digest) in (
    select registry, image, digest from json_to_recordset(${JSON.stringify(rows)}::json) as row (
      registry text, image text, digest text))`;
}

function pinKey({ registry, image, digest }: Pick<PublicationRow, "registry" | "image" | "digest">): string {
  return `${imageKey({ registry, repository: image })}@${digest}`;
}

async function save(tx: Connection, image: ImageName, { named, asked, contents }: NewPublications): Promise<void> {
  await saveNames(
    tx,
    image,
    named.map(({ tag, digest, at }) => ({ tag, digest, at, by: "registry" as const })),
  );
  const { registry, repository } = image;
  for (const [digest, answer] of asked) {
    const row = { registry, image: repository, digest, asked: JSON.stringify(answer) };
    await tx
      .insertInto("digests")
      .values(row)
      .onConflict((conflict) => conflict.columns(["registry", "image", "digest"]).doUpdateSet({ asked: row.asked }))
      .execute();
  }
  for (const [digest, one] of contents) {
    const row = { registry, image: repository, digest, content: JSON.stringify(one) };
    await tx
      .insertInto("digests")
      .values(row)
      .onConflict((conflict) => conflict.columns(["registry", "image", "digest"]).doUpdateSet({ content: row.content }))
      .execute();
  }
}

/** Remembers what tags name that were seen to name it for the first time just now: in time, all that each of them ever named. */
export async function rememberNamed(tx: Connection, image: ImageName, seen: readonly Observation[]): Promise<void> {
  const fresh = seen.filter(({ firstSeen, lastSeen }) => firstSeen === lastSeen);
  await saveNames(
    tx,
    image,
    fresh.map(({ tag, digest, firstSeen }) => ({ tag, digest, at: firstSeen, by: "observed" as const })),
  );
}

type Name = Pick<PublicationRow, "tag" | "digest" | "by" | "at">;

async function saveNames(tx: Connection, { registry, repository }: ImageName, names: readonly Name[]): Promise<void> {
  if (names.length === 0) return;
  await sql`
    insert into publications (registry, image, digest, tag, by, at)
    select ${registry}, ${repository}, digest, tag, by, at
    from json_to_recordset(${JSON.stringify(names)}::json) as row (digest text, tag text, by text, at bigint)
    on conflict do nothing`.execute(tx);
  await sql`
    delete from publications where registry = ${registry} and image = ${repository} and at < (
      select at from publications where registry = ${registry} and image = ${repository}
      order by at desc offset ${MOST_NAMES} limit 1)`.execute(tx);
}
