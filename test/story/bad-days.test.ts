import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { Oakum } from "../../sandbox/oakum.ts";
import { patch } from "../../sandbox/publisher.ts";
import { until, untilIdle, untilObserved } from "../../sandbox/story.ts";
import type { World } from "../../sandbox/world.ts";
import { confirmedEnd, untilFact } from "./follow.ts";
import { repositoryOf, requestsTo } from "./seen.ts";
import { SetClock } from "./set-clock.ts";
import { Stage } from "./stage.ts";

const run = promisify(execFile);
const CI = fileURLToPath(new URL("../../.ci/", import.meta.url));
const DAY = 24 * 3_600_000;

const house = new Stage();
const stage = new Stage();
/** The folder of a world before the story. */
let before: string;
let undisturbed: unknown;

beforeAll(async () => {
  before = await house.prepare({ pushes: true, sweep: "1h" });
  const { world: quiet, oakum: calm } = await begin();
  await patch(quiet, ["base"]);
  undisturbed = await confirmedEnd(quiet, calm);
  await stage.close();
});
afterEach(() => stage.close());
afterAll(() => house.close());

async function begin(env: Readonly<Record<string, string>> = {}): Promise<{ world: World; oakum: Oakum }> {
  const world = await stage.resume(before);
  return { world, oakum: await stage.start(world, env) };
}

test("the clock jumps two days ahead, and back: the same end", async () => {
  const world = await stage.resume(before);
  const clock = new SetClock(world.folder);
  const oakum = await stage.start(world, clock.environment);
  await patch(world, ["base"]);
  await untilFact(oakum, "pushed");
  clock.set(oakum, 2 * DAY);
  await untilFact(oakum, "verdict pass");
  clock.set(oakum, 0);
  expect(await confirmedEnd(world, oakum)).toEqual(undisturbed);
  expect(oakum.log()).toContain("this machine's clock is wrong by GitHub's");
  expect(oakum.log()).toContain("this machine's clock was set back");
});

// Ten minutes are six seconds here, with a Retry-After of two seconds in place of minutes; test/flow/writes.test.ts has the ten.
test("GitHub limits us for a while in the middle: nobody asks while it lasts, and the end is the same", async () => {
  const { world, oakum } = await begin();
  await patch(world, ["base"]);
  await untilFact(oakum, "pushed intended");
  await world.control.post("faults", { limit: { seconds: 6, retryAfter: 2 } });
  expect(await confirmedEnd(world, oakum)).toEqual(undisturbed);
  const refused = (await requestsTo(world)).filter(({ status }) => status === 403);
  expect(refused.length).toBeGreaterThan(1);
  // Three pauses, each learned by at most what was asked at once.
  expect(refused.length).toBeLessThan(30);
});

// A minute is eight seconds here.
test("GitHub does not know for a while whether a pull merges: it is waited for, and the end is the same", async () => {
  const { world, oakum } = await begin();
  await world.control.post("limits", { mergeable: 8_000 });
  await patch(world, ["base"]);
  expect(await confirmedEnd(world, oakum)).toEqual(undisturbed);
});

test("a tag that is withdrawn before the merge is not merged; when it is back, it is", async () => {
  const { world, oakum } = await begin();
  const place = { owner: "acme", name: "payments" };
  await world.control.post("rulesets", { ...place, branch: "main", requiredChecks: [{ context: "lint" }] });
  await patch(world, ["base"]);
  await untilFact(oakum, "verdict pass");
  const [pull] = (await repositoryOf(world, "payments")).pulls;
  const tag = `${world.urls.registry}/v2/library/base/manifests/1.4`;
  expect((await fetch(tag, { method: "DELETE" })).status).toBe(202);
  await lint(world, pull?.headSha ?? "");
  await untilFact(oakum, "merge held");
  await untilIdle(world);
  expect((await repositoryOf(world, "payments")).pulls).toMatchObject([{ state: "open", mergedBy: null }]);
  const held = (await oakum.ledger(0)).find(({ transition }) => transition === "merge held");
  expect(held?.data).toMatchObject({ reasons: ["tag-moved"] });

  await patch(world, ["base"]);
  await until("it is merged", async () => (await repositoryOf(world, "payments")).pulls[0]?.state === "closed");
  expect((await repositoryOf(world, "payments")).pulls).toMatchObject([{ mergedBy: "oakum[bot]" }]);
});

/** Says of a commit that it is fine, as the organisation's linter does. */
async function lint({ control, urls }: World, sha: string): Promise<void> {
  const { token } = await control.post<{ token: string }>("tokens", { login: "acme" });
  const answer = await fetch(`${urls.github}/repos/acme/payments/statuses/${sha}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify({ state: "success", context: "lint" }),
  });
  expect(answer.status).toBe(201);
}

test("the disk is full for a while: the same end", async ({ skip }) => {
  const folder = (await mountSmall()) ?? skip("only root may mount a small file system");
  const world = await stage.resume(before);
  stage.onClose(() => run("umount", ["-l", folder]));
  const data = join(folder, "oakum");
  await cp(world.environment.OAKUM_DATA ?? "", data, { recursive: true });
  const env = { OAKUM_DATA: data };
  const oakum = await stage.start(world, env);
  await patch(world, ["base"]);
  await untilFact(oakum, "pushed");
  const { bavail, bsize } = await statfs(folder);
  await writeFile(join(folder, "filler"), Buffer.alloc(bavail * bsize));
  await until("Oakum has noticed", async () => /disk of the database is full/.test(oakum.log()));
  await rm(join(folder, "filler"));
  expect(await confirmedEnd(world, oakum)).toEqual(undisturbed);
});

/** A file system of its own, small enough to be filled; only root may have one. */
async function mountSmall(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), "oakum-disk-"));
  const mount = run("mount", ["-t", "tmpfs", "-o", "size=256m", "tmpfs", folder]);
  return mount.then(
    () => folder,
    () => undefined,
  );
}

test.skipIf(process.env.DATABASE_URL === undefined)("PostgreSQL is restarted in the middle: the same end", async () => {
  const folder = await mkdtemp(join(tmpdir(), "oakum-pg-"));
  stage.onClose(async () => {
    await run(`${CI}postgres-down`, [folder]);
    await rm(folder, { recursive: true, force: true });
  });
  const { stdout } = await run(`${CI}postgres-up`, [folder]);
  const { world, oakum } = await begin({ DATABASE_URL: stdout.trim() });
  await untilObserved(world, oakum);
  await patch(world, ["base"]);
  for (const fact of ["pushed", "verdict pass", "merged"]) {
    await untilFact(oakum, fact);
    await run(`${CI}postgres-restart`, [folder]);
  }
  expect(await confirmedEnd(world, oakum)).toEqual(undisturbed);
});
