import { expect, it } from "vitest";
import { pushManifest } from "../../sandbox/registry/image.ts";
import type { Digest } from "../../src/core/reference.ts";
import { kubernetes } from "../../src/manager/kubernetes/kubernetes.ts";
import { World } from "./world.ts";

/** How a Dockerfile names a base by a digest alone. */
function alone(world: World, digest: Digest): string {
  return `FROM ${world.host}/library/base@${digest}\n`;
}

it.concurrent("follows a digest alone by the tag that the registry, our own history, or a comment says", async (test) => {
  const world = await World.start(test, { ci: false });
  const old = await world.publish("base", "1.4", "old");
  const asked = await world.repository("asked", { files: { Dockerfile: alone(world, old) } });
  await world.look();
  expect(await world.states(asked)).toEqual(["current"]);
  expect(await world.uses(asked)).toMatchObject([{ tag: "1.4", digest: old }]);

  const patched = await world.publish("base", "1.4", "patched");
  const late = await world.repository("late", { files: { Dockerfile: alone(world, old) } });
  const commented = await world.repository("commented", { files: { Dockerfile: `# base:1.4\n${alone(world, old)}` } });
  await world.look();
  const found: [typeof asked, string][] = [
    [asked, "a tag of the registry named it"],
    [late, "a tag of the registry named it"],
    [commented, "the comment beside it says so"],
  ];
  for (const [repository, how] of found) {
    expect(await world.states(repository)).toEqual(["update"]);
    const pull = await repository.pull();
    expect(pull).toMatchObject({ state: "open" });
    expect(pull.body).toContain(`has only a digest; it follows \`1.4\`: ${how}.`);
    const written = await repository.file(pull.head, "Dockerfile");
    expect(String(written)).toBe(`${repository === commented ? "# base:1.4\n" : ""}${alone(world, patched)}`);
  }
});

it.concurrent("knows by what it saw itself which tag named a digest that none names any more", async (test) => {
  const world = await World.start(test, { ci: false });
  const { shop, old, patched } = await world.patchedShop({ mode: "observe" });
  await world.publish("base", "1.4", "old");
  await world.look();
  await world.publish("base", "1.4", "patched");
  await world.look();
  const late = await world.repository("late", { files: { Dockerfile: alone(world, old) } });
  const never = await world.repository("never", { files: { Dockerfile: alone(world, `sha256:${"0".repeat(64)}`) } });
  await world.look();
  expect(await world.states(shop)).toEqual(["held mode-observe"]);
  expect(await world.states(late)).toEqual(["update"]);
  expect((await late.pull()).body).toContain("Oakum saw that tag name it");
  expect(String(await late.file((await late.pull()).head, "Dockerfile"))).toBe(alone(world, patched));
  expect(await world.states(never)).toEqual(["held digest-not-found"]);
});

it.concurrent("moves a tag that only a comment names, and the comment with it", async (test) => {
  const world = await World.start(test, { ci: false });
  world.oakum.managers = [...world.oakum.managers, kubernetes];
  await world.oakum.start();
  const old = await world.publish("base", "1.4.0", "old");
  const patched = await world.publish("base", "1.4.1", "patched");
  const manifest = (tag: string, digest: Digest) =>
    [
      ...["apiVersion: v1", "kind: Pod", "spec:", "  containers:", "    - name: web"],
      `      image: ${world.host}/library/base@${digest} # ${tag}`,
      "",
    ].join("\n");
  const shop = await world.repository("shop", { files: { "deploy/pod.yaml": manifest("1.4.0", old) } });
  await world.look();
  expect(await world.states(shop)).toEqual(["update"]);
  const pull = await shop.pull();
  expect(pull.body).toContain("The comment is changed with it.");
  expect(String(await shop.file(pull.head, "deploy/pod.yaml"))).toBe(manifest("1.4.1", patched));
});

it.concurrent("does not follow a digest that tags name which are equally good, and names them", async (test) => {
  const world = await World.start(test, { ci: false });
  const old = await world.publish("base", "mainline", "old");
  await world.publish("base", "stable", "old");
  const shop = await world.repository("shop", { files: { Dockerfile: alone(world, old) } });
  await world.look();
  expect((await world.uses(shop))[0]?.reason).toEqual({ code: "digest-several-tags", detail: "mainline, stable" });
});

it.concurrent("takes an index for no update in which nothing is new that runs, and one that is gone for one", async (test) => {
  const world = await World.start(test, { ci: false });
  const old = await world.publish("base", "1.4", "old");
  const shop = await world.repository("shop", {
    files: { Dockerfile: `FROM ${world.reference("base", "1.4", old)}\n` },
  });
  await world.look();
  const attested = await attest(world, "1.4");
  expect(attested).not.toBe(old);
  await world.look();
  expect(await world.uses(shop)).toMatchObject([
    { state: "current", reason: { code: "same-in-all-platforms", detail: "1.4" } },
  ]);
  expect(await shop.pulls()).toEqual([]);

  await fetch(`${world.registry}/v2/library/base/manifests/${old}`, { method: "DELETE" });
  await world.look();
  expect(await world.states(shop)).toEqual(["update"]);
  expect(String(await shop.file((await shop.pull()).head, "Dockerfile"))).toContain(attested);
});

/** Publishes what a tag names once more, with an attestation in its index. */
async function attest(world: World, tag: string): Promise<Digest> {
  const { registry } = world;
  const accept = "application/vnd.oci.image.index.v1+json";
  const index = await fetch(`${registry}/v2/library/base/manifests/${tag}`, { headers: { accept } });
  const { manifests, ...rest } = (await index.json()) as { mediaType: string; manifests: readonly object[] };
  const [image] = manifests as readonly { digest: Digest; mediaType: string; size: number }[];
  const attestation = { ...image, platform: { os: "unknown", architecture: "unknown" } };
  const more = { ...rest, manifests: [...manifests, attestation] };
  return (await pushManifest(registry, "library/base", tag, more)).digest;
}
