import { type ExpressionBuilder, type Selectable, sql } from "kysely";
import type { LineId } from "../../core/line.ts";
import type { Digest, ImageName } from "../../core/reference.ts";
import { repositoryKey, type Sha } from "../../core/repository.ts";
import type { Globs, TagInUse } from "../../core/tag/tag-index.ts";
import type { Index, IndexedRepository, IndexedUse, ListedRepository } from "../inverted-index.ts";
import { extractionsTable } from "./extractions.ts";
import { baseColumn, changeLine, knownOf, linesTable } from "./lines.ts";
import type { Connection, RepositoryRow, Schema, UseRow } from "./schema.ts";
import { storable } from "./storable.ts";
import { inTransaction } from "./transaction.ts";

export function indexTable(db: Connection): Index {
  return {
    ...extractionsTable(db),
    ...linesTable(db),
    saveRepository: (repository) => saveRepositories(db, [repository]),
    saveRepositories: (repositories) => saveRepositories(db, repositories),
    saveUses: (line, head, uses) => inTransaction(db, (tx) => saveUses(tx, line, head, uses)),
    removeRepository: async (repository) => {
      await db.deleteFrom("repositories").where("key", "=", repositoryKey(repository)).execute();
    },
    repository: async (id) => {
      const row = await db
        .selectFrom("repositories")
        .selectAll()
        .where("key", "=", repositoryKey(id))
        .executeTakeFirst();
      return row && repositoryOf(row);
    },
    byNumber: async (number) => (await sorted(db).where("repository", "=", number).execute()).map(repositoryOf),
    repositories: async () => (await sorted(db).execute()).map(repositoryOf),
    accounts: async () =>
      db
        .selectFrom("repositories")
        .select(({ fn }) => ["host", "installation", fn.max("owner").as("account")])
        .groupBy(["host", "installation"])
        .orderBy("account")
        .execute(),
    uses: (line) => usesOf(db, line),
    users: (image) => usersOf(db, image),
    unaware: (image, tags) => unawareOf(db, image, tags),
    images: () => imagesInUse(db),
    tagsInUse: (image) => tagsInUse(db, image),
    digestsInUse: (image) => digestsInUse(db, image),
  };
}

function sorted(db: Connection) {
  return db.selectFrom("repositories").selectAll().orderBy(bytes("owner")).orderBy(bytes("name"));
}

/** The order of the bytes: the same on every engine, whatever its locale. */
function bytes(column: string) {
  return sql`${sql.ref(column)} collate "C"`;
}

/**
 * A head that is not named now stays as it was named last, and so do properties of which nothing is said. What is known already
 * is not written again: it would be a wait for the disk every time.
 */
async function saveRepositories(db: Connection, repositories: readonly ListedRepository[]): Promise<void> {
  const rows = repositories.map((one) => ({ ...one, key: repositoryKey(one), default_branch: one.defaultBranch }));
  await sql`
    insert into repositories as old
      (key, host, installation, repository, owner, name, default_branch, private, archived, named, properties)
    select key, host, installation, repository, owner, name, default_branch, private, archived, named, properties
    from json_to_recordset(${storable(rows)}::json) as row (
      key text, host text, installation bigint, repository bigint, owner text, name text, default_branch text,
      private boolean, archived boolean, named text, properties json)
    where not exists (
      select from repositories as same where same.key = row.key
        and (same.owner, same.name, same.default_branch, same.private, same.archived)
          = (row.owner, row.name, row.default_branch, row.private, row.archived)
        and (row.named is null or row.named = same.named)
        and (row.properties is null or row.properties::jsonb = same.properties::jsonb))
    on conflict (key) do update set
      owner = excluded.owner, name = excluded.name, default_branch = excluded.default_branch,
      private = excluded.private, archived = excluded.archived, named = coalesce(excluded.named, old.named),
      properties = coalesce(excluded.properties, old.properties)`.execute(db);
}

async function saveUses(tx: Connection, line: LineId, head: Sha, uses: readonly IndexedUse[]): Promise<void> {
  const [key, base] = [repositoryKey(line), baseColumn(line)];
  // The repository, or the line, left while its files were being read.
  if (!(await changeLine(tx, line, { head }))) return;
  await tx.deleteFrom("uses").where("repository_key", "=", key).where("base", "=", base).execute();
  const rows = uses.map((use, ordinal) => {
    return { ...use, ...use.image, ordinal, to_tag: use.to?.tag, to_digest: use.to?.digest };
  });
  await sql`
    insert into uses (
      repository_key, base, ordinal, registry, image, tag, digest, path, line, text, state, reason, to_tag, to_digest,
      owners, globs)
    select ${key}, ${base}, ordinal, registry, repository, tag, digest, path, line, text, state, reason, to_tag, to_digest, owners, globs
    from json_to_recordset(${storable(rows)}::json) as row (
      ordinal integer, registry text, repository text, tag text, digest text, path text, line integer, text text,
      state text, reason json, to_tag text, to_digest text, owners json, globs json)`.execute(tx);
}

export function repositoryOf(row: Selectable<RepositoryRow>): IndexedRepository {
  return {
    host: row.host,
    installation: row.installation,
    repository: row.repository,
    owner: row.owner,
    name: row.name,
    defaultBranch: row.default_branch,
    private: row.private,
    archived: row.archived,
    ...knownOf(row),
    ...(row.properties === null ? {} : { properties: row.properties }),
    ...(row.maintained === null ? {} : { maintained: row.maintained }),
  };
}

async function usesOf(db: Connection, line: LineId): Promise<readonly IndexedUse[]> {
  const rows = await db
    .selectFrom("uses")
    .selectAll()
    .where("repository_key", "=", repositoryKey(line))
    .where("base", "=", baseColumn(line))
    .orderBy("ordinal")
    .execute();
  return rows.map(useOf);
}

export function useOf(row: Selectable<UseRow>): IndexedUse {
  const { registry, image, tag, digest, path, line, text, state, reason, owners, globs } = row;
  const { to_tag: toTag, to_digest: toDigest } = row;
  const to = { ...(toTag !== null && { tag: toTag }), ...(toDigest !== null && { digest: toDigest }) };
  return {
    ...(registry === null || image === null ? {} : { image: { registry, repository: image } }),
    ...(tag === null ? {} : { tag }),
    ...(digest === null ? {} : { digest }),
    path,
    line,
    text,
    state,
    ...(owners === null ? {} : { owners }),
    ...(globs === null ? {} : { globs }),
    ...(reason === null ? {} : { reason }),
    ...(Object.keys(to).length > 0 && { to }),
  };
}

async function usersOf(db: Connection, image: ImageName): Promise<readonly IndexedRepository[]> {
  const rows = await sorted(db)
    .where("key", "in", (from) => from.selectFrom("uses").select("repository_key").where(names(image)))
    .execute();
  return rows.map(repositoryOf);
}

async function unawareOf(
  db: Connection,
  image: ImageName,
  tags: readonly string[],
): Promise<readonly IndexedRepository[]> {
  const unknown = db.selectFrom("uses").select("repository_key").where(names(image)).where("state", "=", "unknown");
  const observed = unknown.where((eb) => eb.or([eb("tag", "is", null), ...tags.map((tag) => eb("tag", "=", tag))]));
  const rows = await sorted(db).where("key", "in", observed).execute();
  return rows.map(repositoryOf);
}

function names(image: ImageName) {
  return ({ and, eb }: ExpressionBuilder<Schema, "uses">) =>
    and([eb("uses.registry", "=", image.registry), eb("uses.image", "=", image.repository)]);
}

async function imagesInUse(db: Connection): Promise<readonly ImageName[]> {
  const rows = await db
    .selectFrom("uses")
    .select(["registry", "image"])
    .where("registry", "is not", null)
    .where("image", "is not", null)
    .groupBy(["registry", "image"])
    .orderBy(bytes("registry"))
    .orderBy(bytes("image"))
    .$narrowType<{ registry: string; image: string }>()
    .execute();
  return rows.map(({ registry, image }) => ({ registry, repository: image }));
}

async function tagsInUse(db: Connection, image: ImageName): Promise<readonly TagInUse[]> {
  const globs = sql<string | null>`globs::text`;
  const rows = await db
    .selectFrom("uses")
    .select(["tag", globs.as("wanted")])
    .where(names(image))
    .where("tag", "is not", null)
    .groupBy(["tag", globs])
    .orderBy(bytes("tag"))
    .orderBy(sql`${globs} collate "C"`)
    .$narrowType<{ tag: string }>()
    .execute();
  return rows.map(({ tag, wanted }) => ({ tag, ...(wanted !== null && { globs: JSON.parse(wanted) as Globs }) }));
}

async function digestsInUse(db: Connection, image: ImageName) {
  const rows = await db
    .selectFrom("uses")
    .select(["tag", "digest"])
    .where(names(image))
    .where("digest", "is not", null)
    .groupBy(["tag", "digest"])
    .orderBy(bytes("tag"))
    .orderBy(bytes("digest"))
    .$narrowType<{ digest: Digest }>()
    .execute();
  return rows.map(({ tag, digest }) => ({ digest, ...(tag !== null && { tag }) }));
}
