import { expect, it } from "vitest";
import type { TestRepository } from "./repository.ts";
import { answerGroups, queue, ruled, strict } from "./rules.ts";
import { APP } from "./surroundings.ts";
import { World } from "./world.ts";

const RELEASES = 'branches: ["release/*"]';
const ENVIRONMENTS = ["environment: staging"];

/** A shop with a release branch beside its main, both on the old base, while the patched one is published. */
async function maintainedShop(
  world: World,
  wish: Parameters<World["patchedShop"]>[0] = {},
  more: readonly string[] = [],
) {
  const shop = await world.patchedShop({ merge: "auto", more: [RELEASES, ...more], ...wish });
  await shop.shop.push({ VERSION: "1.x\n" }, { branch: "release/1.x", from: "main" });
  return shop;
}

/** By base, what our pulls are. */
async function pullsByBase(shop: TestRepository) {
  const pulls = await shop.pulls();
  return Object.fromEntries(pulls.map(({ base, state, mergedBy }) => [base, `${state} ${mergedBy ?? ""}`.trim()]));
}

it.concurrent("keeps a release branch patched beside the default one, by a pull of its own, and releases main alone", async (test) => {
  const world = await World.start(test);
  const { shop, old, patched, dockerfile } = await maintainedShop(world, { environments: ENVIRONMENTS });
  const requiredChecks = [{ context: "oakum", app: APP }];
  await world.control.post("rulesets", { ...shop.place, branch: "release/1.x", requiredChecks });
  await world.sweep(300);
  expect(await pullsByBase(shop)).toEqual({ main: "closed oakum[bot]", "release/1.x": "closed oakum[bot]" });
  for (const base of ["main", "release/1.x"])
    expect(String(await shop.file(base, "Dockerfile"))).toBe(dockerfile.replace(old, patched));
  expect(String(await shop.file("release/1.x", "VERSION"))).toBe("1.x\n");
  const released = (await world.ledger("release:")).filter(({ transition }) => transition === "released");
  const main = (await world.store.pulls.list(world.idOf(shop))).find(({ base }) => base === "main");
  expect(released.map(({ subject }) => subject.split("@")[1])).toEqual([main?.merge]);
  expect(await world.store.index.uses({ ...world.idOf(shop), base: "release/1.x" })).toMatchObject([
    { state: "current", digest: patched },
  ]);
  expect(await world.states(shop)).toEqual(["current"]);
  const last = (base: string, pulls: Awaited<ReturnType<typeof shop.pulls>>) =>
    /^- \[ \] then: .*$/m.exec(pulls.find((one) => one.base === base)?.body ?? "")?.[0];
  const pulls = await shop.pulls();
  expect(last("main", pulls)).toBe("- [ ] then: `staging`");
  expect(last("release/1.x", pulls)).toContain("Oakum releases the default branch only");
});

it.concurrent("asks GitHub nothing of a repository with release branches while nothing changed, and of others no more than ever", async (test) => {
  const world = await World.start(test);
  const { shop } = await maintainedShop(world, { merge: "never" }, ["limits: { open: 0 }"]);
  await world.repository("plain", {
    files: { Dockerfile: `FROM ${world.reference("base", "1.4")}\n` },
    mode: "observe",
  });
  await world.sweep(120);
  const { acts } = world.oakum;
  const asked = async (work: () => Promise<void>) => {
    const before = acts.asked.length;
    await work();
    return acts.asked.slice(before);
  };
  // A plan has something to propose, held by the limit: so the look asks for the heads, once for all lines.
  expect((await asked(() => world.sweep(0))).filter((one) => one.includes("plain"))).toEqual([]);
  expect((await asked(() => world.sweep(0))).filter((one) => /matching-refs.*release/.test(one))).not.toEqual([]);
  await shop.push({ Dockerfile: "FROM scratch\n" });
  await shop.push({ Dockerfile: "FROM scratch\n" }, { branch: "release/1.x" });
  await world.sweep(120);
  await world.store.jobs.enqueue({ kind: "repo", repository: world.idOf(shop) });
  expect(await asked(() => world.settle(0))).toEqual([]);
});

it.concurrent("reads no branch again for a push to the default one, unless that changes what other tools do", async (test) => {
  const world = await World.start(test);
  const { shop } = await maintainedShop(world, { mode: "observe" });
  await world.sweep(30);
  const head = (await shop.branches()).get("release/1.x") ?? "";
  const extraction = () =>
    world.store.index.extraction({ ...world.idOf(shop), base: "release/1.x" }, world.oakum.context.reader);
  const readAfter = async (files: Readonly<Record<string, string>>) => {
    await shop.push(files);
    // What the process remembers is gone.
    await world.oakum.start();
    const { asked } = world.oakum.acts;
    const before = asked.length;
    await world.event({ kind: "repo", repository: world.idOf(shop) }, 0);
    return asked.slice(before).filter((one) => one.includes(`git/trees/${head}`)).length;
  };
  expect(await readAfter({ "README.md": "Read me\n" })).toBe(0);
  expect((await extraction())?.others).toBeUndefined();
  expect(await readAfter({ "renovate.json": '{ "baseBranchPatterns": ["release/1.x"] }\n' })).toBe(1);
  expect((await extraction())?.others).toMatchObject([{ tool: "Renovate" }]);
});

it.concurrent("holds the limits over all branches of a repository", async (test) => {
  const world = await World.start(test);
  const { shop } = await maintainedShop(world, { merge: "never" }, ["limits: { open: 1 }"]);
  await world.sweep(60);
  expect((await shop.pulls()).map(({ base, state }) => `${base} ${state}`)).toEqual(["main open"]);
  const line = { ...world.idOf(shop), base: "release/1.x" };
  expect(await world.store.index.uses(line)).toMatchObject([{ state: "held", reason: { code: "limit-open" } }]);
  expect(await world.states(shop)).toEqual(["update"]);
});

it.concurrent("hears of a push to a branch that policy names, also of a new one, and of no other", async (test) => {
  const world = await World.start(test);
  const { shop, dockerfile } = await maintainedShop(world, { mode: "observe" });
  await world.sweep(60);
  const bases = async () => (await world.store.index.lines(world.idOf(shop))).map(({ base, head }) => [base, head]);
  const first = (await shop.branches()).get("release/1.x");
  expect(await bases()).toEqual([["release/1.x", first]]);
  const second = await shop.push({ Dockerfile: `${dockerfile}RUN two\n` }, { branch: "release/2.x", from: "main" });
  const event = { kind: "repo", repository: { ...world.idOf(shop), base: "release/2.x" } } as const;
  await world.event(event, 0);
  expect(await bases()).toEqual([
    ["release/1.x", first],
    ["release/2.x", second],
  ]);
  // Deleted, it leaves nothing.
  await shop.rest("DELETE", "git/refs/heads/release/2.x");
  await world.event(event, 0);
  expect(await bases()).toEqual([["release/1.x", first]]);
  expect(await world.store.index.uses(event.repository)).toEqual([]);
});

it.concurrent("keeps ten at most, the newest of a pattern, and says how many are left out", async (test) => {
  const world = await World.start(test);
  const { shop } = await maintainedShop(world, { mode: "observe" });
  for (let minor = 2; minor <= 12; minor += 1) {
    await shop.push({ VERSION: `1.${minor}\n` }, { branch: `release/1.${minor}`, from: "main" });
  }
  await world.sweep(60);
  const lines = await world.store.index.lines(world.idOf(shop));
  expect(lines.map(({ base }) => base)).toHaveLength(10);
  expect(lines.map(({ base }) => base)).not.toContain("release/1.2");
  expect(lines.map(({ base }) => base)).toContain("release/1.12");
  const main = (await shop.branches()).get("main") ?? "";
  expect((await shop.checks("oakum/config", main)).at(-1)).toMatchObject({
    conclusion: "neutral",
    summary: expect.stringContaining("branches names 12 branches beside the default one"),
  });
});

it.concurrent("goes by the default branch's configuration, and by Renovate's there", async (test) => {
  const world = await World.start(test);
  const { shop } = await maintainedShop(world, { merge: "approval" });
  const line = { branch: "release/1.x" };
  // What a release branch says of itself counts nowhere.
  await shop.push({ ".github/oakum.yml": "version: 1\nmode: observe\n", "renovate.json": "{}\n" }, line);
  await world.sweep(60);
  expect(await pullsByBase(shop)).toEqual({ main: "open", "release/1.x": "open" });
  const record = (await world.store.pulls.list(world.idOf(shop))).find(({ base }) => base === "release/1.x");
  expect(record?.gate?.verdict.state).toBe("pass");
  expect(record?.unmerged?.reasons.map(({ code }) => code)).toEqual(["approval-missing"]);
});

it.concurrent("closes and forgets what policy names no more, and merges it nowhere before", async (test) => {
  const world = await World.start(test);
  const { shop } = await maintainedShop(world, { merge: "approval" });
  await world.sweep(60);
  const pull = (await shop.pulls()).find(({ base }) => base === "release/1.x");
  const record = (await world.store.pulls.list(world.idOf(shop))).find(({ base }) => base === "release/1.x");
  const config = String(await shop.file("main", ".github/oakum.yml"));
  await shop.push({ ".github/oakum.yml": config.replace(RELEASES, "") });
  await shop.review(pull?.number ?? 0, "APPROVED");
  const job = { kind: "pull", repository: world.idOf(shop), branch: record?.branch ?? "" } as const;
  await world.event(job, 0);
  const left = (await world.store.pulls.list(world.idOf(shop))).find(({ base }) => base === "release/1.x");
  expect(left?.unmerged?.reasons.map(({ code }) => code)).toEqual(["base-moved"]);
  await world.sweep(60);
  expect(await pullsByBase(shop)).toEqual({ main: "open", "release/1.x": "closed" });
  expect(await world.store.index.lines(world.idOf(shop))).toEqual([]);
  expect((await world.store.index.repository(world.idOf(shop)))?.maintained).toBeUndefined();
});

it.concurrent("yields on the branch alone that somebody else's pull goes into", async (test) => {
  const world = await World.start(test);
  const { shop, dockerfile, old } = await maintainedShop(world, { merge: "never" });
  const other = dockerfile.replace(`@${old}`, "");
  await shop.push({ Dockerfile: other }, { branch: "by-hand", from: "release/1.x" });
  const body = { title: "By hand", head: "by-hand", base: "release/1.x", body: "" };
  await shop.rest("POST", "pulls", body);
  await world.sweep(60);
  const ours = (await shop.pulls()).filter(({ head }) => head.startsWith("oakum/"));
  expect(ours.map(({ base }) => base)).toEqual(["main"]);
  expect(await world.store.index.uses({ ...world.idOf(shop), base: "release/1.x" })).toMatchObject([
    { state: "held", reason: { code: "competing-pull" } },
  ]);
});

it.concurrent("goes through a release branch's own merge queue", async (test) => {
  const world = await World.start(test);
  const { shop, old, patched, dockerfile } = await maintainedShop(world);
  await ruled(world, shop, [queue({ min_entries_to_merge_wait_minutes: 0 }), strict], { branch: "release/1.x" });
  await world.sweep(60);
  await answerGroups(world, shop, 60);
  await world.sweep(60);
  expect(await pullsByBase(shop)).toMatchObject({ "release/1.x": "closed github-merge-queue[bot]" });
  expect(String(await shop.file("release/1.x", "Dockerfile"))).toBe(dockerfile.replace(old, patched));
});

it.concurrent("what one branch fails by holds up no other", async (test) => {
  const world = await World.start(test);
  const { shop } = await maintainedShop(world, { merge: "never" }, ["limits: { perHour: 5 }"]);
  await shop.push({ VERSION: "0.x\n" }, { branch: "release/0.x", from: "main" });
  const { acts } = world.oakum;
  const github = acts.fetch;
  const head = (await shop.branches()).get("release/1.x") ?? "";
  acts.fetch = async (input, init) =>
    String(input).includes(`/git/trees/${head}`)
      ? Response.json({ message: "Server Error" }, { status: 502 })
      : github(input, init);
  await world.oakum.start();
  await world.sweep(30);
  expect(await pullsByBase(shop)).toEqual({ main: "open", "release/0.x": "open" });
  acts.fetch = github;
  await world.oakum.start();
  await world.pass(600);
  await world.settle(60);
  expect(await pullsByBase(shop)).toEqual({ main: "open", "release/0.x": "open", "release/1.x": "open" });
});

it.concurrent("ends the same however often it dies on the way", async (test) => {
  const world = await World.start(test);
  const { shop, old, patched, dockerfile } = await maintainedShop(world, { environments: ENVIRONMENTS });
  await world.control.post("rulesets", {
    ...shop.place,
    branch: "release/1.x",
    requiredChecks: [{ context: "oakum", app: APP }],
  });
  let deaths = 0;
  while (await world.oakum.dieAfter(3, () => world.sweep(120))) deaths += 1;
  expect(deaths).toBeGreaterThan(3);
  expect(await pullsByBase(shop)).toEqual({ main: "closed oakum[bot]", "release/1.x": "closed oakum[bot]" });
  expect(await shop.pulls()).toHaveLength(2);
  for (const base of ["main", "release/1.x"])
    expect(String(await shop.file(base, "Dockerfile"))).toBe(dockerfile.replace(old, patched));
  expect([...(await shop.branches()).keys()].toSorted()).toEqual(["main", "release/1.x"]);
  const released = (await world.transitions("release:")).filter((one) => one === "released");
  expect(released).toHaveLength(1);
});

it.concurrent("merges the base in where checks are strict, one pull at a time of each branch", async (test) => {
  const world = await World.start(test);
  const { shop } = await maintainedShop(world, { merge: "approval", required: false });
  for (const branch of ["main", "release/1.x"]) await ruled(world, shop, [strict], { branch });
  await world.sweep(60);
  const before = await shop.pulls();
  expect(before.map(({ base }) => base).toSorted()).toEqual(["main", "release/1.x"]);
  for (const branch of ["main", "release/1.x"]) await shop.push({ "README.md": `${branch}\n` }, { branch });
  for (const { number } of before) await shop.review(number, "APPROVED");
  const { build } = world;
  world.build = async () => "queued";
  await world.look();
  const branches = await shop.branches();
  for (const { base, head } of before) {
    expect((await shop.git("log", "-1", "--format=%P", head)).split(" ").at(-1)).toBe(branches.get(base));
  }
  world.build = build;
  await world.sweep(120);
  expect(await pullsByBase(shop)).toEqual({ main: "closed oakum[bot]", "release/1.x": "closed oakum[bot]" });
});

it.concurrent("takes a branch of any name, and shows it as text", async (test) => {
  const world = await World.start(test);
  const { shop, old, patched, dockerfile } = await world.patchedShop({ merge: "auto", more: [RELEASES] });
  const base = `release/1<b>"&'|#%41@octocat;$(x)`;
  await shop.push({ VERSION: "1.x\n" }, { branch: base, from: "main" });
  await world.control.post("rulesets", {
    ...shop.place,
    branch: base,
    requiredChecks: [{ context: "oakum", app: APP }],
  });
  await world.sweep(120);
  expect(await pullsByBase(shop)).toEqual({ main: "closed oakum[bot]", [base]: "closed oakum[bot]" });
  const head = (await shop.branches()).get(base) ?? "";
  expect(String(await shop.file(head, "Dockerfile"))).toBe(dockerfile.replace(old, patched));
  const pull = (await shop.pulls()).find((one) => one.base === base);
  expect(pull?.title).toMatch(/^Update base 1\.4 to its newest digest \(release\/1[-a-z0-9]+\)$/);
});

it.concurrent("what the default branch fails by holds up no other", async (test) => {
  const world = await World.start(test);
  const { shop } = await maintainedShop(world, { merge: "never" });
  const { acts } = world.oakum;
  const github = acts.fetch;
  acts.fetch = async (input, init) =>
    String(input).endsWith("/pulls") && String(init?.body).includes('"base":"main"')
      ? Response.json({ message: "Resource not accessible by integration" }, { status: 403 })
      : github(input, init);
  await world.oakum.start();
  await world.sweep(30);
  expect(await pullsByBase(shop)).toEqual({ "release/1.x": "open" });
  expect(world.oakum.refused.map(({ error }) => error.code)).toContain("DENIED");
});

it.concurrent("closes at once what goes into a branch that is gone, also while a push to it is heard of", async (test) => {
  const world = await World.start(test);
  const { shop } = await maintainedShop(world, { merge: "never" });
  await world.sweep(30);
  expect(await pullsByBase(shop)).toEqual({ main: "open", "release/1.x": "open" });
  await shop.push({
    ".github/oakum.yml": String(await shop.file("main", ".github/oakum.yml")).replace("release/*", "release/2*"),
  });
  const line = { ...world.idOf(shop), base: "release/1.x" };
  await world.store.index.doubt(line, { cause: "f".repeat(40), since: world.oakum.clock.now });
  await world.event({ kind: "repo", repository: world.idOf(shop) }, 0);
  expect(await pullsByBase(shop)).toEqual({ main: "open", "release/1.x": "closed" });
  await world.settle(120);
  expect(await world.store.index.lines(world.idOf(shop))).toEqual([]);
});

it.concurrent("sweeps everyone else where one repository's branches are not told, and asks again for those", async (test) => {
  const world = await World.start(test);
  const { shop } = await maintainedShop(world, { merge: "never" });
  await world.sweep(30);
  await world.repository("later", { files: { Dockerfile: `FROM ${world.reference("base", "1.4")}\n` } });
  await shop.push({ VERSION: "2.x\n" }, { branch: "release/2.x", from: "main" });
  const { acts } = world.oakum;
  const github = acts.fetch;
  let refusals = 0;
  acts.fetch = async (input, init) => {
    if (refusals === 9 || !/matching-refs\/heads(%2F|\/)release/.test(String(input))) return github(input, init);
    refusals += 1;
    return Response.json({ message: "Server Error" }, { status: 502 });
  };
  await world.oakum.start();
  await world.sweep(0);
  expect((await world.store.index.repositories()).map(({ name, head }) => [name, head !== undefined])).toEqual([
    ["later", true],
    ["shop", true],
  ]);
  refusals = 9;
  await world.pass(900);
  expect((await world.store.index.lines(world.idOf(shop))).map(({ base }) => base)).toEqual([
    "release/1.x",
    "release/2.x",
  ]);
});

it.concurrent("says in each repository how many branches are left out that the organisation's file names", async (test) => {
  const world = await World.start(test);
  const { shop } = await world.patchedShop({ mode: "observe" });
  const policy = await world.repository("policy", { files: { "oakum.yml": `version: 1\n${RELEASES}\n` } });
  world.oakum.policyRepository = policy.id;
  for (let minor = 1; minor <= 12; minor += 1) await shop.push({ VERSION: "1\n" }, { branch: `release/${minor}` });
  await world.sweep(60);
  const main = (await shop.branches()).get("main") ?? "";
  expect((await shop.checks("oakum/config", main)).at(-1)).toMatchObject({
    conclusion: "neutral",
    summary:
      "- The organisation's configuration: branches names 12 branches beside the default one: the first 10 are kept patched, and 2 are not",
  });
});
