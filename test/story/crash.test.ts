import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Oakum } from "../../sandbox/oakum.ts";
import { patch } from "../../sandbox/publisher.ts";
import { until } from "../../sandbox/story.ts";
import type { World } from "../../sandbox/world.ts";
import { confirmedEnd, untilConfirmed, untilFact } from "./follow.ts";
import { requestsTo } from "./seen.ts";
import { Stage } from "./stage.ts";

/** Every change that the happy story makes at GitHub, in order. */
const ACTS = [
  ...["git/create-tree", "git/create-commit", "graphql mutation", "pulls/create"],
  ...["actions/create-workflow-dispatch", "checks/create", "issues/add-labels"],
  ...["checks/update", "pulls/update", "pulls/merge", "graphql mutation"],
  ...["repos/create-deployment", "repos/create-deployment-status"],
  ...["repos/create-deployment", "repos/create-deployment-status"],
];
const NUMBERED = ACTS.map((act, index) => [index + 1, act] as const);
/** In CI all of them; elsewhere those whose repetition would be seen by most. */
const WORST = new Set([
  "graphql mutation",
  "actions/create-workflow-dispatch",
  "pulls/merge",
  "repos/create-deployment",
]);
const KILLED = process.env.CI
  ? NUMBERED
  : NUMBERED.filter(([, act], index) => WORST.has(act) && ACTS.indexOf(act) === index);

const house = new Stage();
const stage = new Stage();
/** The folder of a world before the story. */
let before: string;
let undisturbed: unknown;

beforeAll(async () => {
  before = await house.prepare({ pushes: true, sweep: "1h" });
});
afterEach(() => stage.close());
afterAll(() => house.close());

test("an undisturbed story makes each change once", async () => {
  const { world, oakum } = await begin();
  await patch(world, ["base"]);
  undisturbed = await confirmedEnd(world, oakum);
  expect(await actsOn(world)).toEqual(ACTS);
});

describe("Oakum is killed with -9", () => {
  test.each(KILLED)("after act %i, %s: the same end", async (number) => {
    const { world, oakum } = await begin();
    await kill(world, oakum, number);
    await patch(world, ["base"]);
    await oakum.gone;
    expect(await confirmedEnd(world, await stage.start(world))).toEqual(undisturbed);
  });

  test("again and again, each time after one act more: the same end", async () => {
    const { world, oakum: first } = await begin();
    await patch(world, ["base"]);
    let oakum = first;
    let deaths = 0;
    for (;;) {
      await kill(world, oakum, deaths + 1);
      const isOver = await Promise.race([oakum.gone.then(() => false), untilConfirmed(oakum).then(() => true)]);
      if (isOver) break;
      deaths += 1;
      oakum = await stage.start(world);
    }
    expect(deaths).toBeGreaterThan(3);
    expect(await confirmedEnd(world, oakum)).toEqual(undisturbed);
  });
});

test("GitHub is killed with -9 in the middle: Oakum recovers by itself, with the same end", async () => {
  const { world, oakum } = await begin();
  await patch(world, ["base"]);
  await untilFact(oakum, "build requested");
  await world.kill("github");
  await until("Oakum has noticed", async () => /"code":"UNAVAILABLE"/.test(oakum.log()));
  await world.revive("github");
  expect(await confirmedEnd(world, oakum)).toEqual(undisturbed);
});

async function begin(): Promise<{ readonly world: World; readonly oakum: Oakum }> {
  const world = await stage.resume(before);
  return { world, oakum: await stage.start(world) };
}

/** Has GitHub kill Oakum when it has done `after` more changes, before it is answered. */
function kill({ control }: World, { pid }: Oakum, after: number): Promise<unknown> {
  return control.post("faults", { kill: { pid, after } });
}

async function actsOn(world: World): Promise<readonly (string | null)[]> {
  const requests = await requestsTo(world);
  const acts = requests.filter(
    ({ method, actor, operation }) =>
      method !== "GET" && actor === "oakum[bot]" && operation !== "graphql query" && !operation?.startsWith("apps/"),
  );
  return acts.map(({ operation }) => operation);
}
