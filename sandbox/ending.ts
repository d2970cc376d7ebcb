import type { Oakum } from "./oakum.ts";
import type { World } from "./world.ts";

/** One sentence of how the story should end, and whether it did. */
export interface Expectation {
  readonly sentence: string;
  readonly met: boolean;
  /** What is there, for when it is not met. */
  readonly found: string;
}

interface SeenRepository {
  readonly name: string;
  readonly pulls: readonly { readonly title: string; readonly state: string; readonly mergedAt: string | null }[];
  readonly checks: readonly { readonly name: string; readonly conclusion?: string | null }[];
  readonly deployments: readonly {
    readonly environment: string;
    readonly payload: unknown;
    readonly statuses: readonly { readonly state: string; readonly description: string }[];
  }[];
}

/** How the story stands now: asked of GitHub, of the workloads, and of Oakum itself. */
export async function readEnding(world: World, oakum: Oakum): Promise<readonly Expectation[]> {
  const { repositories } = await world.control.get<{ repositories: readonly SeenRepository[] }>("state");
  const find = (name: string) => repositories.find((one) => one.name === name);
  const uses = await oakum.uses();
  const facts = await oakum.ledger(0);
  const onLedger = facts.filter(({ transition }) => transition === "confirmed").length;
  return [
    ...(await payments(world, find("payments"), onLedger)),
    search(find("search")),
    storefront(find("storefront"), uses["acme/storefront"] ?? []),
    website(find("website")),
  ];
}

async function payments(
  world: World,
  seen: SeenRepository | undefined,
  onLedger: number,
): Promise<readonly Expectation[]> {
  const [pull, ...others] = seen?.pulls ?? [];
  const confirmed = ["staging", "production"].map((environment) => {
    const newest = seen?.deployments.findLast((one) => one.environment === environment);
    const verified = newest?.statuses.some(({ description }) => description.startsWith("verified"));
    return { environment, verified: verified === true, image: imageOf(newest?.payload) };
  });
  const running = await digestsOf(world, "payments", "production");
  const [wanted] = [...new Set(confirmed.map(({ image }) => image))];
  return [
    {
      sentence: "payments: one pull request, merged",
      met: typeof pull?.mergedAt === "string" && others.length === 0,
      found: JSON.stringify((seen?.pulls ?? []).map(({ title, state }) => ({ title, state }))),
    },
    {
      sentence: "payments: the patched digest runs in production, and that is confirmed",
      met: confirmed.every(({ verified }) => verified) && running.join() === wanted && onLedger === confirmed.length,
      found: JSON.stringify({ confirmed, running, onLedger }),
    },
  ];
}

function search(seen: SeenRepository | undefined): Expectation {
  const verdict = seen?.checks.findLast(({ name }) => name === "oakum")?.conclusion;
  const open = (seen?.pulls ?? []).filter(({ state }) => state === "open").length;
  return {
    sentence: "search: blocked, because its new base brings a critical finding",
    met: verdict === "failure" && open === 1 && seen?.deployments.length === 0,
    found: JSON.stringify({ verdict, open }),
  };
}

function storefront(seen: SeenRepository | undefined, uses: Awaited<ReturnType<Oakum["uses"]>>[string]): Expectation {
  const reasons = uses.map(({ state, reason }) => `${state} ${reason?.code ?? ""}`.trim());
  return {
    sentence: "storefront: held, because one ARG feeds two images, and only one of them has a newer tag",
    met: reasons.join() === "held shared-arg,current" && seen?.pulls.length === 0,
    found: JSON.stringify(reasons),
  };
}

function website(seen: SeenRepository | undefined): Expectation {
  const untouched = seen?.pulls.length === 0 && seen.deployments.length === 0;
  return { sentence: "website: untouched", met: untouched, found: JSON.stringify(seen?.pulls.length) };
}

async function digestsOf(world: World, name: string, environment: string): Promise<readonly string[]> {
  const answer = await fetch(`${world.urls.cd}/workloads/acme/${name}/${environment}`);
  return ((await answer.json()) as { digests: readonly string[] }).digests;
}

function imageOf(payload: unknown): string | undefined {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload ?? {});
  return text.match(/sha256:[0-9a-f]{64}/)?.[0];
}
