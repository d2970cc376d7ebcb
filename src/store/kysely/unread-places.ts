import { type RawBuilder, sql } from "kysely";
import type { Reason } from "../../core/reason.ts";
import { type RepositoryId, repositoryKey } from "../../core/repository.ts";
import type { ShownPlace } from "../../core/view/view.ts";
import type { Listed, Slice, Viewer } from "../../core/view/viewer.ts";
import type { Connection } from "./schema.ts";
import { isSeen, listed } from "./seen-uses.ts";

interface Place extends RepositoryId {
  readonly repository_key: string;
  readonly owner: string;
  readonly name: string;
  readonly path: string;
  readonly line: number;
  readonly reason: Reason;
}

/** Places that the viewer may see, of one repository or of all. An outlook has uses among them, which are told of as such. */
export function placesSeen(viewer: Viewer, of: RepositoryId | undefined): RawBuilder<Place> {
  return sql<Place>`
    select r.key as repository_key, r.host, r.installation, r.repository, r.owner, r.name,
      place->>'path' as path, (place->>'line')::int as line, place->'reason' as reason
    from outlooks o join repositories r on r.key = o.repository_key,
      json_array_elements(o.record->'unread'->'shown') as place
    where ${isSeen(viewer, "r.key")} and ${of === undefined ? sql`true` : sql`r.key = ${repositoryKey(of)}`}
      and not exists (select from uses u where u.repository_key = r.key and u.path = place->>'path'
        and u.line = (place->>'line')::int and u.state in ('unsupported', 'auth-failed'))`;
}

export async function unreadPlaces(
  db: Connection,
  viewer: Viewer,
  of: RepositoryId | undefined,
  slice: Slice,
): Promise<Listed<ShownPlace>> {
  const { rows } = await sql<Place & { total: number }>`
    select *, count(*) over ()::int as total from (${placesSeen(viewer, of)}) as places
    order by owner collate "C", name collate "C", repository_key, path collate "C", line
    limit ${slice.limit} offset ${slice.offset}`.execute(db);
  return listed(rows, slice, ({ host, installation, repository, owner, name, path, line, reason }) => ({
    ...{ repository: { host, installation, repository, owner, name }, path, line, reason },
  }));
}
