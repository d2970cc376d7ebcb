import { createHmac } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { refused, secret, TestWorld } from "./world.ts";

let world: TestWorld;
beforeEach(async () => {
  world = await TestWorld.start();
});
afterEach(() => world.stop());

const push = (message: string) =>
  world.order<{ sha: string }>("POST", "commits", {
    owner: "acme",
    name: "shop",
    branch: "topic",
    message,
    files: { [message]: "1" },
  });
const deliveries = async () => (await world.app().rest.apps.listWebhookDeliveries({ per_page: 100 })).data;

test("a delivery is signed, has an id of its own, and says for whom it is", async () => {
  const { sha } = await push("first");
  await world.webhooks();
  const delivered = world.received.find((one) => one.headers["x-github-event"] === "push")!;
  const hmac = createHmac("sha256", secret).update(delivered.body).digest("hex");
  expect(delivered.headers).toMatchObject({
    "x-hub-signature-256": `sha256=${hmac}`,
    "x-github-delivery": expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/),
    "x-github-hook-installation-target-type": "integration",
    "content-type": "application/json",
  });
  expect(JSON.parse(delivered.body)).toMatchObject({
    ref: "refs/heads/topic",
    after: sha,
    created: true,
    forced: false,
    commits: [{ id: sha, added: ["first"], removed: [], modified: [] }],
    head_commit: { id: sha, message: "first" },
    installation: { id: world.installationId },
    sender: { login: "octocat" },
    organization: { login: "acme" },
  });
});

test("a failed delivery is recorded and not repeated; asked for again, it keeps its id", async () => {
  world.receiverStatus = 503;
  await push("failed");
  await world.webhooks();
  const count = world.received.length;
  const [failed] = (await deliveries()).filter((one) => one.event === "push");
  expect(failed).toMatchObject({ status_code: 503, redelivery: false });
  world.receiverStatus = 202;
  await world.app().rest.apps.redeliverWebhookDelivery({ delivery_id: failed!.id });
  await world.webhooks();
  expect(world.received).toHaveLength(count + 1);
  expect(world.received.at(-1)?.headers["x-github-delivery"]).toBe(failed!.guid);
  const [again] = await deliveries();
  expect(again).toMatchObject({ guid: failed!.guid, status_code: 202, status: "OK", redelivery: true });
  const { data } = await world.app().rest.apps.getWebhookDelivery({ delivery_id: failed!.id });
  expect(data.request.payload).toMatchObject({ ref: "refs/heads/topic" });
  const missing = world.app().rest.apps.redeliverWebhookDelivery({ delivery_id: 1 });
  expect(await refused(missing)).toMatchObject({ status: 404 });
});

test("a receiver that is gone is a failed delivery; one that moved is found at its new address", async () => {
  const address = world.receiverUrl;
  await world.order("PATCH", "apps/4711", { webhookUrl: "http://127.0.0.1:9/" });
  await push("unreachable");
  await world.webhooks();
  expect((await deliveries())[0]).toMatchObject({ status_code: 0, status: "failed to connect to host" });
  await world.order("PATCH", "apps/4711", { webhookUrl: address });
  await push("reachable");
  expect((await world.webhooks("push")).at(-1)).toMatchObject({ head_commit: { message: "reachable" } });
});

test("deliveries are listed page by page, newest first, and survive a restart", async () => {
  await push("one");
  await world.webhooks();
  const before = await deliveries();
  expect(before.length).toBeGreaterThan(2);
  const paged = await world.app().paginate("GET /app/hook/deliveries", { per_page: 2 });
  expect(paged.map((one) => one.id)).toEqual(before.map((one) => one.id));
  await world.restart();
  expect(await deliveries()).toEqual(before);
});

test("an App hears only of what it subscribed to, where it is installed", async () => {
  await world.order("POST", "repositories", { owner: "elsewhere", name: "shop", files: {} });
  await world.order("POST", "commits", { owner: "elsewhere", name: "shop", message: "m", files: { a: "1" } });
  await world.order("POST", "repositories", { owner: "acme", name: "new", files: {} });
  expect((await world.webhooks("repository")).map((one) => one.repository)).toMatchObject([{ full_name: "acme/new" }]);
  expect(await world.webhooks("push")).toEqual([]);
});

test("who asks to run a check again queues its suite; the run stays, and its App hears of it", async () => {
  const { sha } = await push("checked");
  const { checks } = world.octokit().rest;
  const place = { owner: "acme", repo: "shop" };
  const end = { status: "completed", conclusion: "failure" } as const;
  const { data: run } = await checks.create({ ...place, name: "oakum", head_sha: sha, ...end });
  await world.order("POST", `checks/${run.id}`, {});
  const suite = async () => (await checks.listSuitesForRef({ ...place, ref: sha })).data.check_suites[0];
  expect(await suite()).toMatchObject({ status: "queued", conclusion: null });
  expect((await checks.get({ ...place, check_run_id: run.id })).data).toMatchObject(end);
  await world.webhooks();
  expect(await deliveries()).toContainEqual(expect.objectContaining({ event: "check_run", action: "rerequested" }));
  await checks.create({ ...place, name: "oakum", head_sha: sha, ...end });
  expect(await suite()).toMatchObject(end);
});
