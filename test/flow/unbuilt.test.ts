import { expect, it } from "vitest";
import { pushArtifact } from "../../sandbox/registry/image.ts";
import { devcontainer } from "../../src/manager/devcontainer/devcontainer.ts";
import { dockerfile } from "../../src/manager/dockerfile/dockerfile.ts";
import { helm } from "../../src/manager/helm/helm.ts";
import { kubernetes } from "../../src/manager/kubernetes/kubernetes.ts";
import { githubActions } from "../../src/manager/pipelines/github-actions.ts";
import { World } from "./world.ts";

const MANAGERS = [dockerfile, kubernetes, helm, githubActions];

function pod(image: string): string {
  return `apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: app\n    image: ${image} # the base itself\n`;
}

it.concurrent("scans what only runs, old beside new, without a build, and merges it without a release", async (test) => {
  const world = await World.start(test, { ci: false });
  world.oakum.managers = MANAGERS;
  await world.oakum.start();
  const old = await world.publish("base", "1.4", "old");
  const shop = await world.repository("shop", {
    merge: "auto",
    files: { "deploy/pod.yaml": pod(world.reference("base", "1.4", old)) },
  });
  await world.look();
  const patched = await world.publish("base", "1.4", "patched");
  await world.sweep(10);

  const pull = await shop.pull();
  expect(pull.state).toBe("closed");
  expect(pull.mergeCommit).not.toBeNull();
  expect(String(await shop.file("main", "deploy/pod.yaml"))).toBe(pod(world.reference("base", "1.4", patched)));
  expect(pull.body).toContain("- [x] scanned before and after");
  expect(pull.body).not.toContain("rebuilt from this branch");
  const transitions = await world.transitions();
  expect(transitions).toContain("verdict pass");
  expect(transitions).toContain("merged");
  expect(transitions.filter((one) => /build|release/.test(one))).toEqual([]);
});

it.concurrent("holds a feature of a devcontainer, which no scanner reads, and merges it only when a person does", async (test) => {
  const world = await World.start(test, { ci: false });
  world.oakum.managers = [devcontainer];
  await world.oakum.start();
  await pushArtifact(world.registry, "library/feature", "1.4.0", "old");
  const file = (tag: string) => `{ "features": { "${world.reference("feature", tag)}": {} } } // tools\n`;
  const shop = await world.repository("shop", { merge: "auto", files: { ".devcontainer.json": file("1.4.0") } });
  await world.look();
  await pushArtifact(world.registry, "library/feature", "1.4.1", "patched");
  await world.sweep(10);

  const pull = await shop.pull();
  expect(pull.state).toBe("open");
  expect(String(await shop.file(pull.head, ".devcontainer.json"))).toBe(file("1.4.1"));
  const transitions = await world.transitions();
  expect(transitions).toContain("verdict held");
  expect(transitions).not.toContain("merged");
  expect(pull.body).toContain("**Not known to be safe.**");
});

it.concurrent("leaves workflow files to people, and says why", async (test) => {
  const world = await World.start(test, { ci: false });
  world.oakum.managers = MANAGERS;
  await world.oakum.start();
  const old = await world.publish("base", "1.4", "old");
  const reference = world.reference("base", "1.4", old);
  const shop = await world.repository("shop", {
    files: { ".github/workflows/test.yml": `jobs: {test: {container: "${reference}"}}\n` },
  });
  await world.look();
  await world.publish("base", "1.4", "patched");
  await world.sweep(10);
  expect(await world.states(shop)).toContain("held workflows-permission");
  expect(await shop.pulls()).toEqual([]);
});
