import { expect, it, type TestContext } from "vitest";
import { pullJob, unmerged } from "./rules.ts";
import { APP } from "./surroundings.ts";
import { World } from "./world.ts";

/** The App on one more account, with a repository there. */
interface Beta {
  readonly installation: number;
  readonly policy: number;
}

async function betaOf({ control }: World): Promise<Beta> {
  const { id: installation } = await control.post<{ id: number }>("installations", { app: APP, account: "beta" });
  const files = { "oakum.yml": "version: 1\n" };
  const { id: policy } = await control.post<{ id: number }>("repositories", { owner: "beta", name: "policy", files });
  return { installation, policy };
}

interface Change {
  readonly what: string;
  readonly change: (world: World, beta: Beta) => Promise<unknown>;
  readonly back: (world: World, beta: Beta) => Promise<unknown>;
}

it.concurrent.for<Change>([
  {
    what: "deleted",
    change: ({ control }, { policy }) => control.delete(`repositories/${policy}`),
    back: async (world) => {
      world.oakum.policyRepository = undefined;
    },
  },
  {
    what: "transferred out of every account that is served",
    change: ({ control }, { policy }) => control.patch(`repositories/${policy}`, { owner: "stranger" }),
    back: ({ control }, { policy }) => control.patch(`repositories/${policy}`, { owner: "beta" }),
  },
  {
    what: "archived",
    change: ({ control }, { policy }) => control.patch(`repositories/${policy}`, { archived: true }),
    back: ({ control }, { policy }) => control.patch(`repositories/${policy}`, { archived: false }),
  },
  {
    what: "in an installation that was suspended",
    change: ({ control }, { installation }) => control.patch(`installations/${installation}`, { suspended: true }),
    back: ({ control }, { installation }) => control.patch(`installations/${installation}`, { suspended: false }),
  },
])("proposes and merges nothing by a policy that was $what, until it is read again", async ({ change, back }, test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ merge: "approval" });
  const beta = await betaOf(world);
  world.oakum.policyRepository = beta.policy;
  await world.sweep(30);
  const { number } = await shop.pull();
  await change(world, beta);
  await world.sweep(0);
  expect(await world.states(shop)).toEqual(["held config-unreadable"]);
  await shop.review(number, "APPROVED");
  await world.event(await pullJob(world, shop), 0);
  expect(await unmerged(world, shop)).toEqual(["config-unreadable"]);
  expect(await shop.pull()).toMatchObject({ state: "open", mergedBy: null });

  await back(world, beta);
  await world.sweep(5);
  expect(await shop.pull()).toMatchObject({ state: "closed", mergedBy: "oakum[bot]" });
});

it.concurrent("goes by a policy under its new name, and by none where it is another organisation's now", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop } = await world.patchedShop();
  const beta = await betaOf(world);
  const policy = await world.repository("policy", { files: { "oakum.yml": "version: 1\nlimits: { open: 1 }\n" } });
  world.oakum.policyRepository = [policy.id, beta.policy];
  await world.sweep(0);
  await world.control.patch(`repositories/${policy.id}`, { name: "rules" });
  await world.sweep(0);
  expect(await world.states(shop)).toEqual(["update"]);
  await world.control.patch(`repositories/${policy.id}`, { owner: "beta" });
  await world.sweep(0);
  expect(await world.states(shop)).toEqual(["held config-unreadable"]);
  // The operator says that it is nobody's any more.
  world.oakum.policyRepository = beta.policy;
  await world.sweep(0);
  expect(await world.states(shop)).toEqual(["update"]);
});

it.concurrent("asks each hour for a policy that it is refused, and plans everyone once it can be read", async (test) => {
  const { world, shop, policy } = await refusedPolicy(test);
  await policy.push({ "oakum.yml": "version: 1\nmode: propose\n" });
  await world.event({ kind: "repo", repository: world.idOf(policy) }, 0);
  expect(await world.states(shop)).toEqual(["held config-unreadable"]);
  await world.control.delete("faults");
  await world.settle(2 * 3600);
  expect(await world.states(shop)).toEqual(["update"]);
});

it.concurrent("is refused a policy until it has read it, whatever else is heard of that meanwhile", async (test) => {
  const { world, shop, policy } = await refusedPolicy(test);
  await world.event({ kind: "repo", repository: world.idOf(policy) }, 0);
  // A push that nobody has looked into yet: what it was before may be less strict than what it is.
  await world.store.index.doubt(world.idOf(policy), { cause: "f".repeat(40), since: world.oakum.clock.now });
  await world.event({ kind: "repo", repository: world.idOf(shop) }, 0);
  expect(await world.states(shop)).toEqual(["held config-unreadable"]);
});

it.concurrent("goes by a policy as soon as it can be read, also where what it uses itself can never be proposed", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, dockerfile } = await world.patchedShop();
  const policy = await world.repository("policy", { files: { "oakum.yml": "version: 1\n", Dockerfile: dockerfile } });
  world.oakum.policyRepository = policy.id;
  const { acts } = world.oakum;
  const github = acts.fetch;
  let isRefused = true;
  acts.fetch = async (input, init) => {
    const { pathname } = new URL(String(input));
    const isWritten = init?.method !== undefined && init.method !== "GET";
    return pathname.includes("/repos/acme/policy/git/") && (isWritten || isRefused)
      ? Response.json({ message: "Resource not accessible by integration" }, { status: 403 })
      : github(input, init);
  };
  await world.oakum.start();
  await world.sweep(0);
  expect(await world.states(shop)).toEqual(["held config-unreadable"]);
  isRefused = false;
  await world.settle(2 * 3600);
  expect(world.oakum.refused.at(-1)).toMatchObject({ job: { kind: "repo", repository: { repository: policy.id } } });
  expect(await world.states(shop)).toEqual(["update"]);
});

/** A shop under a policy that has been read once, and is refused from now on. */
async function refusedPolicy(test: TestContext) {
  const world = await World.start(test, { ci: false });
  const { shop } = await world.patchedShop();
  const policy = await world.repository("policy", { files: { "oakum.yml": "version: 1\n" } });
  world.oakum.policyRepository = policy.id;
  await world.sweep(0);
  const body = { message: "the organization has an IP allow list enabled" };
  await world.control.post("faults", { respond: { path: "/repos/acme/policy", status: 403, body, times: 100 } });
  return { world, shop, policy };
}
