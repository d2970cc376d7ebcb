import { expect, test } from "vitest";
import { MANIFEST } from "../../sandbox/manifest.ts";
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

test("the App asks for exactly the events that it understands", () => {
  expect([...MANIFEST.events, ...ALWAYS].toSorted()).toEqual([...KNOWN_EVENTS].toSorted());
});

test("the App's webhooks go where Oakum listens", () => {
  expect(MANIFEST.webhookPath).toBe("/api/github/webhooks");
});
