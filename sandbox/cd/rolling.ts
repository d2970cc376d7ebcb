import type { Cluster } from "./cluster.ts";
import type { Deployment, DeploymentApi } from "./github.ts";

/** Milliseconds between two replicas: slow enough to see, fast enough for a story. */
const PACE = 120;
const REPLICAS = 3;

/**
 * Rolls one deployment over its workload, a replica at a time, and reports it the way a delivery tool does: in progress,
 * then success or failure.
 */
export async function roll(api: DeploymentApi, cluster: Cluster, key: string, deployment: Deployment): Promise<void> {
  const image = imageOf(deployment);
  if (image === undefined) return;
  const digest = image.slice(image.indexOf("@") + 1);
  await api.report(deployment, "in_progress");
  const before = cluster.get(key)?.replicas ?? [];
  for (let done = 1; done <= REPLICAS; done += 1) {
    await new Promise((resolve) => setTimeout(resolve, PACE));
    const replicas = Array.from({ length: REPLICAS }, (_, index) =>
      index < done ? digest : (before[index] ?? digest),
    );
    cluster.set(key, { replicas, healthy: true });
  }
  await api.report(deployment, "success");
}

/** The image that a deployment of Oakum asks for: `name@digest`. Anything else is somebody else's deployment. */
function imageOf({ payload }: Deployment): string | undefined {
  const oakum: unknown = payload.oakum;
  const isOurs = typeof oakum === "object" && oakum !== null && "image" in oakum;
  return isOurs && typeof oakum.image === "string" ? oakum.image : undefined;
}
