import { afterAll, beforeAll, expect, test } from "vitest";
import { refused, shop, TestWorld } from "./world.ts";

let world: TestWorld;
let main: string;
beforeAll(async () => {
  world = await TestWorld.start();
  main = (await world.octokit().rest.git.getRef({ ...shop, ref: "heads/main" })).data.object.sha;
});
afterAll(() => world.stop());

const create = async (more: object) => {
  const { repos } = world.octokit().rest;
  const { data } = await repos.createDeployment({
    ...shop,
    ref: main,
    auto_merge: false,
    required_contexts: [],
    ...more,
  });
  if (!("id" in data)) throw new Error(data.message);
  return data;
};
const statesOf = async (deployment_id: number) =>
  (await world.octokit().rest.repos.listDeploymentStatuses({ ...shop, deployment_id })).data.map(
    (status) => status.state,
  );

test("deployments keep their payload and are listed newest first, by environment", async () => {
  const first = await create({ environment: "dev", payload: { digest: "sha256:1", step: 1 } });
  const second = await create({ environment: "dev", payload: "text" });
  await create({ environment: "live" });
  const { data } = await world.octokit().rest.repos.listDeployments({ ...shop, environment: "dev" });
  expect(data.map((one) => [one.id, one.payload])).toEqual([
    [second.id, "text"],
    [first.id, { digest: "sha256:1", step: 1 }],
  ]);
  const { data: environments } = await world.octokit().rest.repos.getAllEnvironments(shop);
  expect(environments.environments?.map((one) => one.name)).toEqual(["dev", "live"]);
});

test("a success retires earlier ones of the environment, but not of production", async () => {
  const { repos } = world.octokit().rest;
  for (const environment of ["staging", "production"]) {
    const [old, next] = [await create({ environment }), await create({ environment })];
    await repos.createDeploymentStatus({ ...shop, deployment_id: old.id, state: "in_progress" });
    await repos.createDeploymentStatus({ ...shop, deployment_id: old.id, state: "success" });
    await repos.createDeploymentStatus({ ...shop, deployment_id: next.id, state: "success" });
    const retired = environment === "staging" ? ["inactive"] : [];
    expect(await statesOf(old.id)).toEqual([...retired, "success", "in_progress"]);
  }
});

test("a status names who reported it", async () => {
  const { id } = await create({ environment: "cd" });
  const { token } = await world.order<{ token: string }>("POST", "tokens", { login: "acme-cd[bot]" });
  const status = { ...shop, deployment_id: id, state: "success" as const, description: "done" };
  await world.withToken(token).rest.repos.createDeploymentStatus(status);
  const { data } = await world.octokit().rest.repos.listDeploymentStatuses({ ...shop, deployment_id: id });
  expect(data).toMatchObject([{ creator: { login: "acme-cd[bot]" }, description: "done" }]);
  const heard = await world.webhooks("deployment_status");
  expect(heard.at(-1)).toMatchObject({ sender: { login: "acme-cd[bot]" }, deployment_status: { state: "success" } });
});

test("a ref that is not there, and contexts that are not green, are refused", async () => {
  expect(await refused(create({ ref: "none" }))).toMatchObject({
    status: 422,
    message: expect.stringContaining("No ref found"),
  });
  const { token } = await world.order<{ token: string }>("POST", "tokens", { login: "jenkins" });
  await world
    .withToken(token)
    .rest.repos.createCommitStatus({ ...shop, sha: main, state: "failure", context: "build" });
  expect(await refused(create({ required_contexts: undefined }))).toMatchObject({ status: 409 });
  expect(await refused(create({ required_contexts: ["lint"] }))).toMatchObject({ status: 409 });
  expect((await create({ required_contexts: [] })).sha).toBe(main);
});

test("unless told not to, GitHub merges the default branch into a branch that is behind", async () => {
  const place = { owner: "acme", name: "shop", message: "m" };
  await world.order("POST", "commits", { ...place, branch: "behind", files: { a: "1" } });
  await world.order("POST", "commits", { ...place, branch: "main", files: { b: "1" } });
  await expect(create({ ref: "behind", auto_merge: true })).rejects.toThrow("Auto-merged main into behind");
  expect((await create({ ref: "behind", auto_merge: true })).ref).toBe("behind");
});
