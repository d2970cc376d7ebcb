import { sql } from "kysely";
import type { Observation, TagProblem } from "../../core/plan/observation.ts";
import type { Reason } from "../../core/reason.ts";
import type { Digest, ImageName } from "../../core/reference.ts";
import type { Finding } from "../../core/verdict/finding.ts";
import type { FindingQuestion, ImageDetail, Looking } from "../../core/view/view.ts";
import type { Listed, Viewer } from "../../core/view/viewer.ts";
import type { Connection } from "./schema.ts";
import { exposureOf, isSeen, listed, type SeenUse, seenUses } from "./seen-uses.ts";

/** Digests of one image that are shown. */
const MOST_DIGESTS = 50;
const MOST_TAGS = 200;

/** An image that the viewer's own repositories use; of what others use of it, nothing. */
export async function imageDetail(
  tx: Connection,
  { viewer, freshSince }: Looking,
  image: ImageName,
): Promise<ImageDetail | undefined> {
  const seen = sql`select * from (${seenUses(viewer)}) as seen
    where registry = ${image.registry} and image = ${image.repository}`;
  const { rows: tags } = await sql<TagRow>`
    with seen as (${seen}), tagged as (select tag, count(*)::int as uses from seen where tag is not null group by tag)
    select tagged.*, o.digest, o.first_seen, o.last_seen, o.gone_since from tagged
    left join observations o on o.registry = ${image.registry} and o.image = ${image.repository} and o.tag = tagged.tag
    order by uses desc, tagged.tag collate "C" limit ${MOST_TAGS}`.execute(tx);
  const { rows: digests } = await sql<SeenUse & { uses: number }>`
    with seen as (${seen})
    select distinct on (uses, now_digest) * from (
      select *, count(*) over (partition by now_digest)::int as uses from seen where now_digest is not null) as counted
    order by uses desc, now_digest limit ${MOST_DIGESTS}`.execute(tx);
  const { rows: known } = await sql<{
    problem: Reason | null;
    tag_problems: readonly TagProblem[] | null;
    used: boolean;
  }>`
    select problem, tag_problems, exists (${seen}) as used from (select 1) as one
    left join images on registry = ${image.registry} and image = ${image.repository}`.execute(tx);
  const [about] = known;
  if (about?.used !== true) return undefined;
  const problems = new Map(about.tag_problems?.map((problem) => [problem.tag, problem]));
  return {
    image,
    ...(about.problem !== null && { problem: about.problem }),
    tags: tags.map((row) => {
      const problem = problems.get(row.tag);
      const observation = observationOf(image, row);
      return { tag: row.tag, uses: row.uses, ...(observation && { observation }), ...(problem && { problem }) };
    }),
    digests: digests.flatMap((row) =>
      row.now_digest === null
        ? []
        : [{ digest: row.now_digest, uses: row.uses, exposure: exposureOf(row, freshSince) }],
    ),
  };
}

interface TagRow {
  readonly tag: string;
  readonly uses: number;
  readonly digest: Digest | null;
  readonly first_seen: number | null;
  readonly last_seen: number | null;
  readonly gone_since: number | null;
}

function observationOf(image: ImageName, row: TagRow): Observation | undefined {
  const { tag, digest, first_seen: firstSeen, last_seen: lastSeen, gone_since: goneSince } = row;
  if (digest === null || firstSeen === null || lastSeen === null) return undefined;
  return { image, tag, digest, firstSeen, lastSeen, ...(goneSince !== null && { goneSince }) };
}

/** What was found in a digest that a use of the viewer names now, or would name next. */
export async function findings(
  db: Connection,
  viewer: Viewer,
  { image, digest, ...slice }: FindingQuestion,
): Promise<Listed<Finding>> {
  const { rows } = await sql<{ finding: Finding; total: number }>`
    select finding, count(*) over ()::int as total from findings
    where registry = ${image.registry} and image = ${image.repository} and digest = ${digest} and exists (
      select from uses u left join observations o on o.registry = u.registry and o.image = u.image and o.tag = u.tag
      where u.registry = ${image.registry} and u.image = ${image.repository} and ${isSeen(viewer, "u.repository_key")}
        and (coalesce(u.digest, o.digest) = ${digest} or u.to_digest = ${digest}))
    order by ordinal limit ${slice.limit} offset ${slice.offset}`.execute(db);
  return listed(rows, slice, ({ finding }) => finding);
}
