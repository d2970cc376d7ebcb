import { expect, it } from "vitest";
import { World } from "./world.ts";

const LAX = { merge: "auto", minAge: "0d" } as const;
const FLOOR = `version: 1
require:
  - match: { property: { tier: pci } }
    merge: approval
  - match: { repository: "acme/frozen*" }
    allow: []
`;

it.concurrent("holds a class of repositories to the organisation's floor, whatever they say, as soon as they are of it", async (test) => {
  const world = await World.start(test);
  const { shop: pci, dockerfile } = await world.patchedShop(LAX, "pci");
  const files = { Dockerfile: dockerfile };
  const web = await world.repository("web", { ...LAX, files });
  const frozen = await world.repository("frozen-one", { ...LAX, files });
  const policy = await world.repository("policy", { mode: "observe", files: { "oakum.yml": FLOOR } });
  world.oakum.policyRepository = policy.id;
  await world.control.patch(`repositories/${pci.id}`, { properties: { tier: "pci" } });
  await world.sweep(60);

  expect(await web.pull()).toMatchObject({ state: "closed", mergedBy: "oakum[bot]" });
  expect(await world.states(frozen)).toEqual(["current change-not-allowed"]);
  const waiting = await pci.pull();
  expect(waiting).toMatchObject({ state: "open" });
  expect(waiting.body).toContain(
    "| `merge` | `approval` | `organisation:oakum.yml:4`, over `auto` by `.github/oakum.yml:4` |",
  );
  expect((await world.store.index.repository(world.idOf(pci)))?.properties).toEqual({ tier: "pci" });
  await pci.review(waiting.number, "APPROVED");
  await world.look();
  expect(await pci.pull()).toMatchObject({ state: "closed", mergedBy: "oakum[bot]" });
});

it.concurrent("asks reviewers once, says whom GitHub does not ask, and leaves alone what a person took back", async (test) => {
  const world = await World.start(test);
  const reviewers = "reviewers: [octocat, stranger, '@acme/payments', '@other/team']";
  const { shop } = await world.patchedShop({
    more: ["due: { known-exploited: 2d }", 'commit: { prefix: "fix(deps): " }'],
  });
  const config = String(await shop.file("main", ".github/oakum.yml"));
  await shop.push({ ".github/oakum.yml": config.replace("merge: never }", `merge: never, ${reviewers} }`) });
  await world.control.post("collaborators", { ...shop.place, login: "octocat", permission: "write" });
  await world.control.post("teams", { owner: "acme", slug: "payments" });
  await world.sweep(60);
  const asked = async () => {
    const { reviewers: people, teams } = await shop.pull();
    return [...people, ...(teams ?? [])];
  };
  expect(await asked()).toEqual(["octocat"]);
  const refused = (await world.ledger("pull:")).filter(({ transition }) => transition === "review request refused");
  expect(refused.map(({ cause, data }) => [cause, data.why])).toEqual([
    ["#1 stranger", expect.stringContaining("is not a collaborator")],
    ["#1 acme/payments", expect.stringContaining("not granted to this installation")],
    ["#1 other/team", "other is not the owner of acme/shop"],
  ]);
  expect((await shop.pull()).body).toContain(
    "**Due:** 2026-11-23 09:00 UTC (in 47 h), as known-exploited by rule `.github/oakum.yml:8`",
  );

  const { number, title, headSha } = await shop.pull();
  expect(title).toBe("fix(deps): update base 1.4 to its newest digest");
  expect(await shop.git("log", "-1", "--format=%s", headSha)).toBe(title);
  await world.control.post("reviews/unrequest", { ...shop.place, number, login: "octocat", reviewer: "octocat" });
  await world.publish("base", "1.4", "patched again");
  await world.event(world.imageJob("base"));
  await world.look();
  expect(await asked()).toEqual([]);
});

it.concurrent("asks teams where the App may read an organisation's members", async (test) => {
  const world = await World.start(test);
  await world.control.post("teams", { owner: "acme", slug: "payments" });
  await world.control.patch(`installations/${world.around.installation}`, { permissions: { members: "read" } });
  const { shop } = await world.patchedShop();
  const config = String(await shop.file("main", ".github/oakum.yml"));
  await shop.push({ ".github/oakum.yml": config.replace("never }", "never, reviewers: ['@acme/payments'] }") });
  await world.sweep(60);
  expect((await shop.pull()).teams).toEqual(["payments"]);
});
