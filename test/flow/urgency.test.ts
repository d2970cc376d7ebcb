import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { expect, it, type TestContext } from "vitest";
import { pushImage } from "../../sandbox/registry/image.ts";
import { digestOf } from "../core/arbitraries.ts";
import { type Script, scriptedRegistry, serveIndex, serveJson } from "../registry/scripted-registry.ts";
import { packageLayer } from "./images.ts";
import { World } from "./world.ts";

const QUARTER = 15 * 60;
const PLATFORMS = ["386", "amd64", "arm", "arm64", "mips64le", "ppc64le", "riscv64", "s390x"].map((architecture) => {
  return { os: "linux", architecture };
});

it("asks for each manifest of a pending update once, however often it looks and scans", async (test) => {
  const world = await World.start(test, { ci: false });
  const publish = async (openssl: string) => {
    const layers = [await packageLayer({ openssl })];
    return pushImage(world.registry, "library/base", ["1.4"], { platforms: PLATFORMS, layers });
  };
  const old = await publish("1");
  const shop = await world.repository("shop", {
    files: { Dockerfile: `FROM ${world.reference("base", "1.4", old)}\n` },
  });
  await publish("2");
  const asked = questionsTo(test, world.host);

  await world.look();
  expect(await shop.pull()).toMatchObject({ state: "open" });
  expect(asked.manifests("GET")).toHaveLength(2 * (1 + PLATFORMS.length));
  expect(new Set(asked.manifests("GET")).size).toBe(2 * (1 + PLATFORMS.length));

  for (const seconds of [QUARTER, QUARTER, 3600, 24 * 3600]) {
    asked.forget();
    await world.pass(seconds);
    await world.look();
    expect(asked.manifests("GET")).toEqual([]);
    expect(asked.manifests("HEAD")).not.toEqual([]);
  }
});

it("plans on when a base cannot be read, and does not ask again for every repository", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop } = await world.patchedShop();
  const unreadable: Script = (request, response) => {
    if (request.url?.includes("/tags/")) serveJson(response, { tags: ["1"] });
    else if (request.method === "HEAD") serveIndex(response);
    else response.end("no manifest");
  };
  const broken = await scriptedRegistry(unreadable);
  const files = { Dockerfile: `FROM ${broken.host}/app:1@${digestOf("a")}\n` };
  const [till, desk] = [await world.repository("till", { files }), await world.repository("desk", { files })];
  await world.look();
  for (const repository of [shop, till, desk]) {
    expect(await world.states(repository)).toEqual(["update"]);
    expect(await repository.pull()).toMatchObject({ state: "open" });
  }
  const pulls = () => broken.requests.filter((line) => line.startsWith("GET /v2/app/manifests/"));
  // The plans ask once for all repositories, and the watch and the daily scans once for each of the two digests.
  expect(pulls()).toHaveLength(1 + 2 + 2);
  await world.pass(QUARTER);
  await world.look();
  expect(pulls()).toHaveLength(1 + 2 + 2);
  await world.pass(3600);
  await world.look();
  expect(pulls()).toHaveLength(2 + 2 + 2);
});

/** What Oakum asks a registry about its base from now on, as `METHOD path`. */
function questionsTo({ onTestFinished }: TestContext, host: string) {
  const questions: string[] = [];
  const note = (message: unknown) => {
    const { request } = message as { request: { origin: string; method: string; path: string; headers: string[] } };
    const isOurs = request.headers.includes("oakum-test");
    if (isOurs && new URL(request.origin).host === host) questions.push(`${request.method} ${request.path}`);
  };
  subscribe("undici:request:create", note);
  onTestFinished(() => void unsubscribe("undici:request:create", note));
  return {
    manifests: (method: string) =>
      questions.filter((question) => question.startsWith(`${method} /v2/library/base/manifests/`)),
    forget: () => void questions.splice(0),
  };
}
