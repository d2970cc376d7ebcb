import { jobKey } from "../../core/job.ts";
import { repositoryKey } from "../../core/repository.ts";
import { FINISHED, type Release, type Rollout, type Target } from "../../core/rollout/rollout.ts";
import type { Rollouts } from "../rollouts.ts";
import type { Connection } from "./schema.ts";
import { inTransaction } from "./transaction.ts";

export function rolloutsTable(db: Connection): Rollouts {
  const newest = db.selectFrom("rollouts").select("record").orderBy("sequence", "desc");
  return {
    ...releases(db),
    save: (rollout) => saveRollout(db, rollout),
    update: (id, change) => inTransaction(db, (tx) => updateRollout(tx, id, change)),
    current: async (target) =>
      (await newest.where("target", "=", targetKey(target)).limit(1).executeTakeFirst())?.record,
    list: async () => (await newest.execute()).map(({ record }) => record),
    underWay: async () => {
      return (await newest.where("phase", "not in", FINISHED).execute()).map(({ record }) => record);
    },
    ofRepository: async (repository) => {
      const own = newest.where("repository_key", "=", repositoryKey(repository));
      return (await own.execute()).map(({ record }) => record);
    },
    ofCampaign: async (campaign) =>
      (await newest.where("campaign", "=", campaign).execute()).map(({ record }) => record),
  };
}

function releases(db: Connection): Pick<Rollouts, "saveRelease" | "release" | "releaseByDigest"> {
  const newest = db.selectFrom("releases").select("record").orderBy("sequence", "desc").limit(1);
  return {
    saveRelease: (release) => saveRelease(db, release),
    release: async (repository, merge) => {
      const of = newest.where("repository_key", "=", repositoryKey(repository));
      return (await of.where("merge", "=", merge).executeTakeFirst())?.record;
    },
    releaseByDigest: async (repository, digest) => {
      const of = newest.where("repository_key", "=", repositoryKey(repository));
      return (await of.where("digest", "=", digest).executeTakeFirst())?.record;
    },
  };
}

function targetKey(target: Target): string {
  return jobKey({ kind: "target", target });
}

async function saveRelease(db: Connection, release: Release): Promise<void> {
  const written = { digest: release.image.digest, record: JSON.stringify(release) };
  await db
    .insertInto("releases")
    .values({ repository_key: repositoryKey(release.repository), merge: release.merge, ...written })
    .onConflict((conflict) => conflict.columns(["repository_key", "merge"]).doUpdateSet(written))
    .execute();
}

async function saveRollout(db: Connection, rollout: Rollout): Promise<void> {
  const written = {
    target: targetKey(rollout.target),
    campaign: rollout.release.campaign,
    repository_key: repositoryKey(rollout.target.repository),
    phase: rollout.phase,
    record: JSON.stringify(rollout),
  };
  await db
    .insertInto("rollouts")
    .values({ id: rollout.id, ...written })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(written))
    .execute();
}

async function updateRollout(
  tx: Connection,
  id: string,
  change: (rollout: Rollout) => Rollout,
): Promise<Rollout | undefined> {
  const standing = await tx.selectFrom("rollouts").select("record").where("id", "=", id).forUpdate().executeTakeFirst();
  const changed = standing && change(standing.record);
  if (changed !== undefined) await saveRollout(tx, changed);
  return changed;
}
