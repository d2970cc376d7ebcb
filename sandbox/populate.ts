import { OAKUM } from "./apps.ts";
import { publish } from "./images.ts";
import { ENVIRONMENTS } from "./operator.ts";
import { filesOf, type RepositoryIds } from "./organisation.ts";
import type { World } from "./world.ts";

/** Milliseconds between two looks at the first builds. */
const LOOK = 25;

/**
 * Publishes the base images and gives the organisation its repositories, their rules, what CI builds of them, and workloads
 * that run it. Oakum may be up already: it hears of each repository as it comes.
 */
export async function populate(world: World): Promise<RepositoryIds> {
  const { control, urls } = world;
  const [base, toolchain, runtime, still] = await Promise.all([
    publish(urls.registry, "library/base", ["1.4"], "base"),
    publish(urls.registry, "library/toolchain", ["2.1.0", "1.5", "1.4"], "toolchain"),
    publish(urls.registry, "library/runtime", ["3.2"], "runtime"),
    publish(urls.registry, "library/static", ["1.0"], "static"),
  ]);
  const values = {
    REGISTRY: new URL(urls.registry).host,
    "base:1.4": base,
    "toolchain:2.1.0": toolchain,
    "runtime:3.2": runtime,
    "static:1.0": still,
  };
  const ids: Record<string, number> = {};
  for (const name of world.repositories) {
    const files = filesOf(name, values);
    const { id } = await control.post<{ id: number }>("repositories", { owner: "acme", name, files, runs: true });
    const requiredChecks = [{ context: "oakum", app: OAKUM }];
    await control.post("rulesets", { owner: "acme", name, branch: "main", requiredChecks });
    ids[name] = id;
  }
  await settleBuilds(world);
  await runEverywhere(world);
  return ids as Record<string, number> & RepositoryIds;
}

/** Waits until CI has built what the first pushes started. */
async function settleBuilds({ control }: World): Promise<void> {
  const open = async (status: string) => (await control.get<readonly unknown[]>(`jobs?status=${status}`)).length > 0;
  while ((await open("queued")) || (await open("in_progress"))) {
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}

/** Before the story begins, every service runs what its default branch has built. */
async function runEverywhere({ control, urls }: World): Promise<void> {
  const state = await control.get<{
    readonly repositories: readonly { readonly name: string; readonly refs: Readonly<Record<string, string>> }[];
  }>("state");
  for (const { name, refs } of state.repositories) {
    const image = `${urls.registry}/v2/acme/${name}/manifests/sha-${refs["refs/heads/main"]}`;
    const accept = "application/vnd.oci.image.index.v1+json";
    const digest = (await fetch(image, { method: "HEAD", headers: { accept } })).headers.get("docker-content-digest");
    if (digest === null) throw new Error(`CI built no image of acme/${name}`);
    for (const environment of ENVIRONMENTS) {
      const body = JSON.stringify({ replicas: [digest, digest, digest], healthy: true });
      await fetch(`${urls.cd}/workloads/acme/${name}/${environment}`, { method: "PUT", body });
    }
  }
}
