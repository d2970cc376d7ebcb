import { expect, it } from "vitest";
import { configOf } from "./fixture.ts";
import { World } from "./world.ts";

const RENOVATE = '{\n  "extends": ["config:recommended"]\n}\n';
const RULE = '{ "matchManagers": ["dockerfile"], "matchDatasources": ["docker"], "enabled": false }';
const DEPENDABOT =
  "version: 2\nupdates:\n  - package-ecosystem: docker\n    directory: /\n    schedule: { interval: weekly }\n";
const POLICY = "version: 1\nmode: propose\nrules: [{ minAge: 0d }]\n";

it.concurrent("leaves to Renovate and Dependabot what they manage, unless the repository itself says otherwise, and says how to take it over", async (test) => {
  const world = await World.start(test, { ci: false });
  const policy = await world.repository("policy", { private: true, files: { "oakum.yml": POLICY } });
  world.oakum.policyRepository = policy.id;
  const { shop, dockerfile } = await world.patchedShop({ files: { "renovate.json": RENOVATE } });
  await shop.push({ ".github/oakum.yml": null });
  const till = await world.repository("till", {
    files: { Dockerfile: dockerfile, ".github/dependabot.yml": DEPENDABOT },
  });
  await till.push({ ".github/oakum.yml": "version: 1\nlimits: { open: 5 }\n" });
  const both = await world.repository("both", { files: { Dockerfile: dockerfile, "renovate.json": RENOVATE } });
  await both.push({ ".github/oakum.yml": configOf(`${world.host}/acme/both`) });
  const free = await world.repository("free", { files: { Dockerfile: dockerfile } });
  await free.push({ ".github/oakum.yml": null, "package.json": '{ "name": "free" }' });
  await world.sweep(120);

  expect(await world.uses(shop)).toMatchObject([
    { state: "held", reason: { code: "managed-by-other", detail: "Renovate, renovate.json" } },
  ]);
  expect(await world.uses(till)).toMatchObject([{ reason: { detail: "Dependabot, .github/dependabot.yml" } }]);
  expect([...(await shop.pulls()), ...(await till.pulls())]).toEqual([]);
  expect(await both.pull()).toMatchObject({ state: "open" });
  expect(await free.pull()).toMatchObject({ state: "open" });

  const [issue] = await policy.issues();
  expect(issue?.body).toContain("acme/shop: Renovate (renovate.json), 1 file");
  expect(issue?.body).toContain(`@@ -1,3 +1,6 @@\n {\n+  "packageRules": [\n+    ${RULE}\n+  ],\n   "extends"`);
  expect(issue?.body).toContain("deleted file mode 100644\n--- a/.github/dependabot.yml");
  const would = issue?.body?.slice(
    issue.body.indexOf("What would be proposed"),
    issue.body.indexOf("What is proposed"),
  );
  expect(would).toContain("`acme/shop`");
  expect(would).not.toContain("`acme/both`");

  await shop.push({
    "renovate.json": `{ "extends": ["config:recommended"], "packageRules": [${RULE}] }\n`,
  });
  await till.push({ ".github/dependabot.yml": null });
  await world.look();
  expect(await shop.pull()).toMatchObject({ state: "open" });
  expect(await till.pull()).toMatchObject({ state: "open" });
});

it.concurrent("leaves to another tool the files that both keep up to date, and keeps the others itself", async (test) => {
  const world = await World.start(test, { ci: false });
  const policy = await world.repository("policy", { private: true, files: { "oakum.yml": POLICY } });
  world.oakum.policyRepository = policy.id;
  const { shop, dockerfile } = await world.patchedShop({ files: { ".github/dependabot.yml": DEPENDABOT } });
  await shop.push({ ".github/oakum.yml": null, "app/Dockerfile": dockerfile });
  await world.sweep(120);

  const uses = await world.uses(shop);
  expect(uses.map(({ path, state, reason }) => [path, state, reason?.detail])).toEqual([
    ["Dockerfile", "held", "Dependabot, .github/dependabot.yml"],
    ["app/Dockerfile", "update", undefined],
  ]);
  const pull = await shop.pull();
  expect(pull).toMatchObject({ state: "open" });
  expect(await shop.git("diff", "--name-only", "main", pull.headSha)).toBe("app/Dockerfile");
  const [issue] = await policy.issues();
  expect(issue?.body).toContain("acme/shop: Dependabot (.github/dependabot.yml), 1 file");

  await shop.push({ ".github/dependabot.yml": DEPENDABOT.replace("directory: /", 'directories: ["**"]') });
  await world.look();
  expect(await world.states(shop)).toEqual(["held managed-by-other", "held managed-by-other"]);
  expect(await shop.pull()).toMatchObject({ number: pull.number, state: "open", headSha: pull.headSha });
});
