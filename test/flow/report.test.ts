import { expect, it, type TestContext } from "vitest";
import { ONBOARDING_FILE } from "../../src/core/report/onboarding-file.ts";
import type { Shown, TestRepository } from "./repository.ts";
import { ruled } from "./rules.ts";
import { APP } from "./surroundings.ts";
import { World } from "./world.ts";

const HOUR = 3600;
/** More acts than the story has. */
const MOST = 1000;

/** An organisation that nobody has configured, with an update to propose; and the repository that may hold its policy. */
async function unconfigured(test: TestContext, { isPrivate = true } = {}) {
  const world = await World.start(test, { ci: false });
  const { shop, dockerfile } = await world.patchedShop();
  await shop.push({ ".github/oakum.yml": null });
  const secret = await world.repository("secret", { private: true, files: { Dockerfile: dockerfile } });
  await secret.push({ ".github/oakum.yml": null, "odd/Dockerfile": "FROM $NOWHERE\n" });
  const policy = await world.repository("policy", { private: isPrivate });
  await policy.push({ ".github/oakum.yml": null });
  world.oakum.policyRepository = policy.id;
  return { world, shop, secret, policy };
}

async function bodyOf(policy: TestRepository): Promise<string> {
  const [issue, ...others] = await policy.issues();
  expect(others).toEqual([]);
  return issue?.body ?? "";
}

it.concurrent("writes nothing to any repository where the operator named no policy repository", async (test) => {
  const { world, shop, policy } = await unconfigured(test);
  world.oakum.policyRepository = undefined;
  await world.sweep(2 * HOUR);
  expect(world.oakum.acts.done).toEqual([]);
  expect(await world.states(shop)).toEqual(["held mode-observe"]);
  expect(await policy.issues()).toEqual([]);
});

it.concurrent("reports in one issue and offers one pull request, however often it looks; merging that turns proposing on", async (test) => {
  const { world, shop, secret, policy } = await unconfigured(test);
  await world.sweep(120);
  const [issue] = await policy.issues();
  expect(issue).toMatchObject({ author: "oakum[bot]", state: "open", title: "Oakum: the container images of acme" });
  const body = await bodyOf(policy);
  expect(body).toContain("3 repositories, 3 uses of images, 2 updates known");
  expect(body).toMatch(/\| `acme\/secret` \| `[^`]+\/library\/base` \| `1\.4` `sha256:/);
  expect(body).toMatch(/### What is exposed[^#]+\| known exploited \| 2 \| 2 \| 2 \|/);
  expect(body).toContain("`acme/secret` `odd/Dockerfile:1`: the reference needs a variable");
  const offer = await policy.pull();
  expect(offer).toMatchObject({ head: "oakum/onboarding", base: "main", author: "oakum[bot]", state: "open" });
  expect(body).toContain(`Merging #${offer.number} turns proposing on`);
  expect(await policy.git("diff", "--name-status", "main", offer.headSha)).toBe("A\toakum.yml");
  expect(String(await policy.file(offer.headSha, "oakum.yml"))).toBe(ONBOARDING_FILE);
  expect([...(await shop.pulls()), ...(await secret.pulls())]).toEqual([]);

  const before = world.oakum.acts.done.length;
  await world.sweep(2 * HOUR);
  expect(world.oakum.acts.done.slice(before)).toEqual([]);

  await policy.merge(offer.number);
  await world.sweep(2 * HOUR);
  // What it fixes is exploited in the wild, so it need not be three days old.
  expect(await world.states(shop)).toEqual(["update"]);
  expect(await shop.pull()).toMatchObject({ state: "open" });
  expect([...(await policy.branches()).keys()]).toEqual(["main"]);
  expect(await bodyOf(policy)).toContain("The organisation has an `oakum.yml`");
  expect(await bodyOf(policy)).toMatch(/### What is proposed[^#]+\| known-exploited \| `acme\/secret`/);
  expect(await policy.pulls()).toHaveLength(1);
});

it.concurrent("takes a closed pull request and a closed issue for a no that lasts", async (test) => {
  const { world, shop, policy } = await unconfigured(test);
  await world.sweep(120);
  await policy.close((await policy.pull()).number);
  await world.sweep(2 * HOUR);
  await world.sweep(2 * HOUR);
  expect(await policy.pulls()).toMatchObject([{ state: "closed" }]);
  expect(await bodyOf(policy)).toContain("was closed");
  expect(await world.transitions("report:")).toContain("onboarding refused");

  const number = (await policy.issues())[0]?.number;
  await world.control.post("issues/close", { ...policy.place, login: "octocat", number });
  await shop.push({ "more/Dockerfile": "FROM $NOWHERE\n" });
  const before = world.oakum.acts.done.length;
  await world.sweep(3 * HOUR);
  expect(world.oakum.acts.done.slice(before)).toEqual([]);
  await world.control.post("issues/reopen", { ...policy.place, login: "octocat", number });
  await world.sweep(3 * HOUR);
  expect(await bodyOf(policy)).toContain("more/Dockerfile:1");

  await world.control.post("issues/delete", { ...policy.place, login: "octocat", number });
  await shop.push({ "yet/Dockerfile": "FROM $NOWHERE\n" });
  await world.sweep(3 * HOUR);
  expect(await policy.issues()).toEqual([]);
});

it.concurrent("tells of rules that it can never meet while it only looks, asking each repository once a month", async (test) => {
  const { world, shop, secret, policy } = await unconfigured(test);
  await world.control.patch(`repositories/${shop.id}`, { methods: ["rebase"] });
  await ruled(world, shop, [{ type: "required_signatures" }]);
  await ruled(world, secret, [{ type: "creation" }], { branch: "oakum/**" });
  await world.sweep(120);
  const body = await bodyOf(policy);
  const rules = body.slice(body.indexOf("### Rules that can never be met"));
  expect(rules).toMatch(/- `acme\/shop`: [^\n]*leave no way to merge/);
  expect(rules).toMatch(/- `acme\/secret`: [^\n]*keep Oakum from pushing to its own branches/);
  expect((await shop.shown()).checks.filter(({ app }) => app !== "github-actions")).toEqual([]);

  const { asked } = world.oakum.acts;
  const ofRules = () => asked.filter((question) => /\/repos\/acme\/shop(?:\/rules\/|\/branches\/|$)/.test(question));
  expect(ofRules()).toHaveLength(4);
  await secret.push({ "new/Dockerfile": "FROM $NOWHERE\n" });
  await world.sweep(2 * HOUR);
  expect(await bodyOf(policy)).toContain("new/Dockerfile:1");
  expect(ofRules()).toHaveLength(4);
  await secret.push({ "next/Dockerfile": "FROM $NOWHERE\n" });
  await world.pass(30 * 24 * HOUR);
  await world.sweep(2 * HOUR);
  expect(ofRules()).toHaveLength(8);
});

it.concurrent("writes the report at most once an hour, and only into an issue of its own", async (test) => {
  const { world, shop, policy } = await unconfigured(test);
  const theirs = { ...policy.place, login: "mallory", title: "Oakum: the container images of acme" };
  await world.control.post("issues", { ...theirs, body: '<!-- oakum-report:{"version":1} -->' });
  await world.sweep(120);
  const [forged, report] = await policy.issues();
  expect([forged?.author, report?.author]).toEqual(["mallory", "oakum[bot]"]);
  expect(forged?.body).toBe('<!-- oakum-report:{"version":1} -->');

  const written = async () => (await world.transitions("report:")).filter((one) => one === "report written").length;
  expect(await written()).toBe(1);
  for (const name of ["one", "two", "three"]) {
    await shop.push({ [`${name}/Dockerfile`]: "FROM $NOWHERE\n" });
    await world.sweep(300);
  }
  expect(await written()).toBe(1);
  await world.settle(HOUR);
  expect(await written()).toBe(2);
  expect((await policy.issues())[1]?.body).toContain("three/Dockerfile:1");
});

it.concurrent("tells of public repositories only where anyone may read it", async (test) => {
  const { world, policy } = await unconfigured(test, { isPrivate: false });
  await world.sweep(120);
  const body = await bodyOf(policy);
  expect(body).toContain("`acme/shop`");
  expect(body).not.toMatch(/secret|odd\/Dockerfile/);
  expect(body).toContain("1 private repository is left out");
});

it.concurrent("never opens a pull request where there is an oakum.yml, nor over someone else's branch", async (test) => {
  const { world, policy } = await unconfigured(test);
  const theirs = await policy.push({ "oakum.yml": "version: 1\nmode: propose\n" }, { branch: "oakum/onboarding" });
  const own = { ...policy.place, login: "mallory", head: "oakum/onboarding", title: "Trust me" };
  await world.control.post("pulls", own);
  await world.sweep(120);
  expect(await policy.pulls()).toMatchObject([{ author: "mallory", headSha: theirs }]);
  const body = await bodyOf(policy);
  expect(body).toContain("someone else's branch is called oakum/onboarding");
  expect(body).not.toContain("#1");

  await policy.push({ "oakum.yml": "version: 1\nmode: observe\n" });
  await world.sweep(2 * HOUR);
  expect((await policy.branches()).get("oakum/onboarding")).toBe(theirs);
  expect(await policy.pulls()).toHaveLength(1);
});

it.concurrent("takes its offer back when a person wrote the file", async (test) => {
  const { world, policy } = await unconfigured(test);
  await world.sweep(120);
  await policy.push({ "oakum.yml": "version: 1\nmode: observe\n" });
  await world.sweep(120);
  expect(await policy.pull()).toMatchObject({ state: "closed", closedBy: "oakum[bot]" });
  expect([...(await policy.branches()).keys()]).toEqual(["main"]);
});

it.concurrent("reports what it sees also where the App may not open pull requests", async (test) => {
  const { world, policy } = await unconfigured(test);
  const body = { message: "Resource not accessible by integration" };
  await world.control.post("faults", {
    respond: { method: "POST", path: "^/repos/acme/policy/git/trees$", status: 403, body, times: 100 },
  });
  await world.sweep(120);
  expect(await policy.pulls()).toEqual([]);
  expect(await bodyOf(policy)).toContain("the App lacks the permission for it");
});

it.concurrent.for([{ lives: [3] }, { lives: [4] }, { lives: [5] }])(
  "ends alike when it dies again and again, after $lives acts",
  async ({ lives }, test) => {
    const { world, policy } = await unconfigured(test);
    let deaths = 0;
    while (await world.oakum.dieAfter(lives[deaths] ?? lives.at(-1) ?? MOST, () => world.sweep(120))) deaths += 1;
    expect(deaths).toBeGreaterThan(0);
    expect(await policy.pull()).toMatchObject({ state: "open", head: "oakum/onboarding" });
    expect(await bodyOf(policy)).toContain("Merging #");
    const before = world.oakum.acts.done.length;
    await world.sweep(2 * HOUR);
    expect(world.oakum.acts.done.slice(before)).toEqual([]);
  },
);

it.concurrent("reports to each organisation in its own policy repository, and goes by that one's policy there", async (test) => {
  const { world, shop, policy } = await unconfigured(test);
  const { control } = world;
  const { id: installation } = await control.post<{ id: number }>("installations", { app: APP, account: "beta" });
  const dockerfile = String(await shop.file("main", "Dockerfile"));
  const add = async (name: string, files: object) =>
    (await control.post<{ id: number }>("repositories", { owner: "beta", name, private: true, files })).id;
  const till = { host: "github.test", installation, repository: await add("till", { Dockerfile: dockerfile }) };
  const betaPolicy = await add("policy", { "README.md": "Ours\n" });
  const issuesOf = async (id: number) => {
    const { repositories } = await control.get<{ repositories: readonly Shown[] }>("state");
    return repositories.find((one) => one.id === id)?.issues.map(({ title, body }) => `${title}\n${body}`) ?? [];
  };
  world.oakum.policyRepository = [policy.id, betaPolicy];
  await policy.push({ "oakum.yml": "version: 1\nmode: propose\n" });
  await world.sweep(120);

  const [acme, beta] = [await issuesOf(policy.id), await issuesOf(betaPolicy)];
  expect([acme.length, beta.length]).toEqual([1, 1]);
  expect(acme[0]).toContain("the container images of acme");
  expect(acme[0]).not.toContain("beta/till");
  expect(beta[0]).toMatch(/the container images of beta[\s\S]*`beta\/till`/);
  expect(beta[0]).not.toContain("acme/");
  // acme's file turned proposing on for acme, where nothing is three days old yet.
  const said = async () => (await world.store.index.uses(till)).map(({ reason }) => reason?.code);
  expect([await world.states(shop), await said()]).toEqual([["held min-age"], ["mode-observe"]]);

  // Nobody knows whose policy one is that cannot be seen: who has none of its own waits.
  world.oakum.policyRepository = [policy.id, 999_999];
  await world.sweep(0);
  expect([await world.states(shop), await said()]).toEqual([["held min-age"], ["config-unreadable"]]);
  world.oakum.policyRepository = [policy.id, policy.id];
  await world.sweep(0);
  expect(await said()).toEqual(["mode-observe"]);
  // The only one there is holds for everyone.
  world.oakum.policyRepository = policy.id;
  await world.sweep(0);
  expect(await said()).toEqual(["min-age"]);
});
