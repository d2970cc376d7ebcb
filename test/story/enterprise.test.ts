import { afterAll, beforeAll, expect, test } from "vitest";
import { populate } from "../../sandbox/populate.ts";
import { patch } from "../../sandbox/publisher.ts";
import { untilEnded, untilIdle, untilObserved } from "../../sandbox/story.ts";
import { type Enterprise, startEnterprise } from "../sandbox/enterprise.ts";
import { Stage, type Told } from "./stage.ts";
import { storySuite } from "./suite.ts";

/** The whole story by a GitHub Enterprise Server, over TLS: from the patch to a release that runs. */
const stage = new Stage();
let server: Enterprise;
let told: Told;

beforeAll(async () => {
  const world = await stage.world({ pushes: true, sweep: "1h" });
  server = await startEnterprise(world.urls.github);
  stage.onClose(async () => server.close());
  const env = { GHE_HOST: server.host, OAKUM_GITHUB_URL: "", ...server.trust };
  const [, oakum] = await Promise.all([populate(world), stage.start(world, env)]);
  await untilObserved(world, oakum);
  told = { world, oakum };
  await patch(world);
  await untilEnded(world, () => oakum);
  await untilIdle(world);
});
afterAll(() => stage.close());

storySuite(() => told);

test("all of it went by the server's own addresses, artifacts too", () => {
  expect(server.strayed()).toEqual([]);
  for (const part of ["/api/graphql", "/api/v3/repos/acme/payments/deployments", "/_storage/artifacts/"]) {
    expect(server.asked.some((path) => path.startsWith(part))).toBe(true);
  }
});
