import { createHmac, createPublicKey, randomUUID } from "node:crypto";
import { expect, it, type TestContext } from "vitest";
import { MANIFEST } from "../../sandbox/manifest.ts";
import { createServer } from "../../src/server/server.ts";
import { signatureVerifier } from "../../src/server/webhook-signature.ts";
import type { OpenStore } from "../../src/store/store.ts";
import { log } from "./log.ts";
import type { TestRepository } from "./repository.ts";
import { APP, privateKey } from "./surroundings.ts";
import { World } from "./world.ts";

const SECRET = "the secret of Oakum's App";
const MINUTE = 60;

/** A delivery of GitHub's, as it comes over HTTP. */
interface Sent {
  readonly event?: string;
  readonly guid?: string;
  readonly secret?: string;
}

/** A repository that is indexed, and Oakum's server on the same store and queue. */
class Webhooks {
  readonly #url: string;
  readonly world: World;
  readonly shop: TestRepository;

  private constructor(url: string, world: World, shop: TestRepository) {
    this.#url = url;
    this.world = world;
    this.shop = shop;
  }

  static async start(test: TestContext, storeOf = (store: OpenStore) => store): Promise<Webhooks> {
    const world = await World.start(test, { ci: false });
    const { shop } = await world.patchedShop({ mode: "observe", required: false });
    await world.look();
    const { context, clock } = world.oakum;
    const server = createServer({
      verify: signatureVerifier(SECRET),
      events: { host: "github.test", app: APP, accepts: await context.github.installations.served() },
      hooks: new Map(),
      store: storeOf(context.store as OpenStore),
      metrics: { ...SILENT, contentType: "" },
      log,
      now: () => clock.now,
    });
    const { url } = await server.listen(0);
    test.onTestFinished(() => server.close());
    return new Webhooks(url, world, shop);
  }

  /** Has GitHub itself tell the server of every push. */
  async subscribe(): Promise<void> {
    const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "pem" });
    const own = { id: APP, slug: "oakum", owner: "acme", publicKey, permissions: MANIFEST.permissions };
    const webhookUrl = `${this.#url}/api/github/webhooks`;
    await this.world.control.post("apps", { ...own, events: ["push"], webhookUrl, webhookSecret: SECRET });
    await this.world.control.patch(`installations/${this.world.around.installation}`, { events: ["push"] });
  }

  async deliver(payload: object, { event = "push", guid = randomUUID(), secret = SECRET }: Sent = {}) {
    const body = JSON.stringify(payload);
    const answer = await fetch(`${this.#url}/api/github/webhooks`, {
      method: "POST",
      body,
      headers: {
        "x-github-event": event,
        "x-github-delivery": guid,
        "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`,
      },
    });
    const { jobs } = (await answer.json()) as { jobs?: number };
    return { status: answer.status, jobs };
  }

  push(after: string, installation = this.world.around.installation) {
    const repository = { id: this.shop.id, default_branch: "main", owner: { id: 1, login: "acme" } };
    return { ref: "refs/heads/main", after, installation: { id: installation }, repository };
  }

  /** The questions about the repository while what is due is done. */
  async asked(seconds = 0): Promise<readonly string[]> {
    const { asked } = this.world.oakum.acts;
    const before = asked.length;
    await this.world.settle(seconds);
    return asked.slice(before);
  }

  async head(): Promise<string | undefined> {
    return (await this.world.store.index.repository(this.world.idOf(this.shop)))?.head;
  }
}

const SILENT = {
  jobEnded: () => {},
  webhookReceived: () => {},
  pushHookReceived: () => {},
  text: async () => "",
};

it.concurrent("does once what a webhook that comes twice is about, and asks nothing about a head that it knows", async (test) => {
  const hooks = await Webhooks.start(test);
  const sha = await hooks.shop.push({ "README.md": "New.\n" });
  const guid = randomUUID();
  expect(await hooks.deliver(hooks.push(sha), { guid })).toEqual({ status: 202, jobs: 1 });
  expect(await hooks.deliver(hooks.push(sha), { guid })).toEqual({ status: 202, jobs: 0 });
  expect(await hooks.asked()).not.toEqual([]);
  expect(await hooks.head()).toBe(sha);
  expect(await hooks.deliver(hooks.push(sha), { guid })).toEqual({ status: 202, jobs: 0 });
  expect(await hooks.deliver(hooks.push(sha))).toEqual({ status: 202, jobs: 1 });
  expect(await hooks.asked(2 * MINUTE)).toEqual([]);
});

it.concurrent("stays with the newer push when the older one's webhook comes after it", async (test) => {
  const hooks = await Webhooks.start(test);
  const older = await hooks.shop.push({ "README.md": "Old.\n" });
  const newer = await hooks.shop.push({ "README.md": "New.\n" });
  await hooks.deliver(hooks.push(newer));
  await hooks.asked();
  await hooks.deliver(hooks.push(older));
  expect(await hooks.asked()).toHaveLength(2);
  expect(await hooks.head()).toBe(newer);
  // It may be GitHub that is behind: once more, and then it is settled.
  expect(await hooks.asked(MINUTE)).toHaveLength(2);
  await hooks.world.event(hooks.world.imageJob("base"));
  expect(await hooks.asked(5 * MINUTE)).toEqual([]);
});

it.concurrent("finds what was pushed when GitHub is behind its own webhook", async (test) => {
  const hooks = await Webhooks.start(test);
  const known = await hooks.head();
  const sha = await hooks.shop.push({ "README.md": "New.\n" });
  const stale = { ref: "refs/heads/main", node_id: "x", url: "https://github.test/x" };
  const object = { type: "commit", sha: known, url: "https://github.test/x" };
  const path = "^/repos/acme/shop/git/ref/heads";
  await hooks.world.control.post("faults", {
    respond: { method: "GET", path, status: 200, body: { ...stale, object } },
  });
  await hooks.deliver(hooks.push(sha));
  await hooks.asked();
  expect(await hooks.head()).toBe(known);
  await hooks.asked(MINUTE);
  expect(await hooks.head()).toBe(sha);
});

it.concurrent("finds by a sweep what no webhook told of", async (test) => {
  const hooks = await Webhooks.start(test);
  const sha = await hooks.shop.push({ Dockerfile: "FROM scratch\n" });
  await hooks.asked(10 * MINUTE);
  expect(await hooks.head()).not.toBe(sha);
  await hooks.world.look();
  expect(await hooks.head()).toBe(sha);
  expect(await hooks.world.states(hooks.shop)).toEqual([]);
});

it.concurrent("does nothing for another App's webhook, an account that is not served, or an installation that is not its own", async (test) => {
  const hooks = await Webhooks.start(test);
  const { around, oakum } = hooks.world;
  const sha = await hooks.shop.push({ "README.md": "New.\n" });
  expect(await hooks.deliver(hooks.push(sha), { secret: "another App's secret" })).toMatchObject({ status: 401 });
  const foreign = { ...hooks.push(sha).repository, owner: { id: 66, login: "mallory" } };
  expect(await hooks.deliver({ ...hooks.push(sha), repository: foreign })).toEqual({ status: 202, jobs: 0 });
  const installation = { id: 9, account: { id: 66, login: "mallory" } };
  const added = { action: "created", installation };
  expect(await hooks.deliver(added, { event: "installation" })).toEqual({ status: 202, jobs: 0 });
  await hooks.deliver(hooks.push(sha, around.otherInstallation));
  const before = oakum.acts.done.length;
  expect(await hooks.asked(MINUTE)).toEqual([]);
  expect(oakum.acts.done.slice(before)).toEqual([]);
  expect(await hooks.head()).not.toBe(sha);
});

it.concurrent("keeps what a webhook of a suspended installation told of until it is back", async (test) => {
  const hooks = await Webhooks.start(test);
  const { around, control, oakum } = hooks.world;
  await control.patch(`installations/${around.installation}`, { suspended: true });
  const sha = await hooks.shop.push({ "README.md": "New.\n" });
  const known = await hooks.head();
  expect(await hooks.deliver(hooks.push(sha))).toEqual({ status: 202, jobs: 1 });
  await hooks.asked(MINUTE);
  expect(oakum.refused).toMatchObject([{ job: { kind: "repo" }, error: { code: "DENIED" } }]);
  expect(await hooks.head()).toBe(known);
  await control.patch(`installations/${around.installation}`, { suspended: false });
  const back = { action: "unsuspend", installation: { id: around.installation, account: { id: 1, login: "acme" } } };
  await hooks.deliver(back, { event: "installation" });
  await hooks.asked();
  expect(await hooks.head()).toBe(sha);
});

it.concurrent("remembers a delivery only when what it asks for is queued", async (test) => {
  let isDown = true;
  const failing = (store: OpenStore): OpenStore => ({
    ...store,
    transaction: (work) =>
      store.transaction(async (tables) => {
        const done = await work(tables);
        if (isDown) throw new Error("the disk is full");
        return done;
      }),
  });
  const hooks = await Webhooks.start(test, failing);
  const sha = await hooks.shop.push({ "README.md": "New.\n" });
  const guid = randomUUID();
  expect(await hooks.deliver(hooks.push(sha), { guid })).toMatchObject({ status: 500 });
  expect(await hooks.asked()).toEqual([]);
  isDown = false;
  expect(await hooks.deliver(hooks.push(sha), { guid })).toEqual({ status: 202, jobs: 1 });
  await hooks.asked();
  expect(await hooks.head()).toBe(sha);
});

it.concurrent("has GitHub send again, once, what it could not deliver", async (test) => {
  let isDown = true;
  const failing = (store: OpenStore): OpenStore => ({
    ...store,
    transaction: (work) => (isDown ? Promise.reject(new Error("the database is away")) : store.transaction(work)),
  });
  const hooks = await Webhooks.start(test, failing);
  const { control } = hooks.world;
  await hooks.subscribe();
  const look = async () => {
    await hooks.world.event({ kind: "watch" }, 0);
    await control.post("settle", {});
    await hooks.asked();
  };
  const known = await hooks.head();
  const lost = await hooks.shop.push({ "README.md": "Lost.\n" });
  await control.post("settle", {});
  // The first time it is lost again, and then left to the sweep.
  await look();
  expect(await hooks.head()).toBe(known);
  isDown = false;
  await look();
  expect(await hooks.head()).toBe(known);

  isDown = true;
  const found = await hooks.shop.push({ "README.md": "Found.\n" });
  await control.post("settle", {});
  isDown = false;
  await look();
  expect(await hooks.head()).toBe(found);
  expect(found).not.toBe(lost);
  await look();
  const { requests } = await control.get<{ readonly requests: readonly { readonly path: string }[] }>("requests");
  expect(requests.filter(({ path }) => path.endsWith("/attempts"))).toHaveLength(2);
});
