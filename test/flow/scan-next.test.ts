import { expect, it } from "vitest";
import { type Affectedness, STALE_SCAN } from "../../src/core/view/exposure.ts";
import { World } from "./world.ts";

const DAY = 24 * 3600;
const OPENSSL = "CVE-2026-31001";

/** Where a vulnerability is, as `repository: state why`. */
async function exposed(world: World, id = OPENSSL) {
  const states: readonly Affectedness[] = ["fix-ready", "no-fix", "unknown", "not-affected"];
  const freshSince = world.oakum.clock.now - STALE_SCAN;
  const question = { viewer: "all", states, limit: 50, offset: 0, freshSince } as const;
  const { uses } = await world.store.exposures.affected(id, question);
  return uses.map(({ name, state, reason, pull }) => [name, state, reason?.code ?? pull]);
}

it.concurrent("says of a vulnerability where a fix is ready, and when it is there no more", async (test) => {
  const world = await World.start(test);
  const { shop, old, patched } = await world.patchedShop({ merge: "approval" });
  await world.look();
  expect(await exposed(world)).toEqual([["shop", "fix-ready", 1]]);
  expect((await shop.pull())?.number).toBe(1);
  const dockerfile = `FROM ${world.reference("base", "1.4", patched)}\n`;
  await shop.push({ Dockerfile: dockerfile });
  await world.repository("till", { mode: "observe", files: { Dockerfile: dockerfile.replace(patched, old) } });
  await world.look();
  expect(await exposed(world)).toEqual([
    ["till", "fix-ready", "mode-observe"],
    ["shop", "not-affected", undefined],
  ]);
});

it.concurrent("a current use is exposed, without a fix, and a use of what cannot be scanned is unknown", async (test) => {
  const world = await World.start(test, { ci: false });
  const worse = await world.publish("base", "1.4", "worse");
  await world.repository("shop", { files: { Dockerfile: `FROM ${world.reference("base", "1.4", worse)}\n` } });
  await world.repository("till", { files: { Dockerfile: `FROM ${world.host}/library/none:1\nFROM other.test/x:1\n` } });
  await world.look();
  const xz = await exposed(world, "cve-2026-31003");
  expect(xz.filter(([name]) => name === "shop")).toEqual([["shop", "no-fix", undefined]]);
  expect(xz.filter(([name]) => name === "till").map(([, state]) => state)).toEqual(["unknown", "unknown"]);
});

it.concurrent("scans each digest once a day, says so when it cannot, and a stale scan is not clean", async (test) => {
  const world = await World.start(test, { ci: false });
  const patched = await world.publish("base", "1.4", "patched");
  const files = { Dockerfile: `FROM ${world.reference("base", "1.4", patched)}\n` };
  for (const name of ["shop", "till"]) await world.repository(name, { files });
  await world.look();
  const image = { registry: world.host, repository: "library/base", digest: patched };
  const due = (seconds: number) => world.store.exposures.due(world.oakum.clock.now + seconds * 1000, 10);
  expect([await due(0), await due(DAY)]).toEqual([[], [image]]);
  expect(await exposed(world)).toEqual([
    ["shop", "not-affected", undefined],
    ["till", "not-affected", undefined],
  ]);

  world.oakum.osvStatus = 500;
  await world.pass(DAY);
  await world.look();
  expect(await due(0)).toEqual([]);
  expect((await exposed(world)).map(([, state]) => state)).toEqual(["not-affected", "not-affected"]);
  await world.pass(2 * DAY);
  await world.look();
  expect((await exposed(world)).map(([, ...why]) => why)).toEqual([
    ["unknown", "scan-unavailable"],
    ["unknown", "scan-unavailable"],
  ]);
  world.oakum.osvStatus = 200;
  await world.pass(3600);
  await world.look();
  expect((await exposed(world)).map(([, state]) => state)).toEqual(["not-affected", "not-affected"]);
});
