import { expect, test } from "vitest";
import { MANIFEST } from "../../sandbox/manifest.ts";
import { ASKED, WEBHOOK_PATH } from "../../src/config/app-manifest.ts";
import { TIERS } from "../../src/config/tier.ts";
import { WORK } from "../../src/github/octokit/work.ts";
import { KNOWN_EVENTS } from "../../src/server/webhooks.ts";

/** Delivered to every App, whether it asks for them or not. */
const ALWAYS = ["installation", "installation_repositories"];

test("the App asks for exactly the permissions that its kinds of work need, and for none that it must never have", () => {
  const asked = Object.values(WORK).flatMap((work) => Object.entries<"read" | "write">(work));
  const levelsOf = Map.groupBy(asked, ([name]) => name);
  const needed = [...levelsOf].map(([name, levels]) => {
    return [name, levels.some(([, level]) => level === "write") ? "write" : "read"];
  });
  expect(MANIFEST.permissions).toEqual(Object.fromEntries(needed));
  expect(Object.keys(MANIFEST.permissions)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(workflows|administration|members|secrets)$/)]),
  );
});

/** Understood where an operator has them delivered; GitHub wants a permission for it that Oakum does without. */
const OPTIONAL = ["custom_property_values"];

test("the App asks for exactly the events that it understands", () => {
  expect([...MANIFEST.events, ...ALWAYS, ...OPTIONAL].toSorted()).toEqual([...KNOWN_EVENTS].toSorted());
});

test("the App's webhooks go where Oakum listens", () => {
  expect(MANIFEST.webhookPath).toBe(WEBHOOK_PATH);
});

test("app.yml is the deploy tier, and each tier asks for what the one before does, and more", () => {
  const { permissions, events } = MANIFEST;
  expect({ permissions, events: events.toSorted() }).toEqual({
    permissions: ASKED.deploy.permissions,
    events: ASKED.deploy.events.toSorted(),
  });
  for (const [at, tier] of TIERS.entries()) {
    const { permissions: all, events: heard } = ASKED[TIERS[at + 1] ?? tier];
    for (const [name, level] of Object.entries(ASKED[tier].permissions)) expect([level, "write"]).toContain(all[name]);
    expect(heard).toEqual(expect.arrayContaining([...ASKED[tier].events]));
  }
});

test("the observe tier writes nothing but issues", () => {
  const written = Object.entries(ASKED.observe.permissions).filter(([, level]) => level === "write");
  expect(written).toEqual([["issues", "write"]]);
});
