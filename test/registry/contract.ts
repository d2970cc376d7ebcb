import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sha256 } from "../../sandbox/registry/layer.ts";
import type { Digest, ImageName } from "../../src/core/reference.ts";
import type { Registry } from "../../src/registry/registry.ts";
import { AMD64, ARM64, MANY_TAGS, type Seed } from "./seed.ts";

/** A registry that holds the seed, and a client for it. */
export interface Subject {
  readonly registry: Registry;
  readonly host: string;
  readonly seed: Seed;
  close(): Promise<void>;
}

const UNKNOWN: Digest = `sha256:${"0".repeat(64)}`;

/** What every `Registry` does, whatever stands behind it. */
export function describeRegistry(title: string, open: () => Promise<Subject>): void {
  describe(title, () => {
    let subject: Subject;
    let app: ImageName;
    beforeAll(async () => {
      subject = await open();
      app = { registry: subject.host, repository: "team/app" };
    });
    afterAll(() => subject.close());

    test.each([
      ["an index", "1.2", "index"],
      ["a Docker list", "docker", "list"],
      ["a manifest without an index", "single", "single"],
      ["an index without a media type, pretty-printed", "bare", "bare"],
    ] as const)("resolves %s to its own digest", async (_, tag, name) => {
      const digest = subject.seed[name];
      expect(await subject.registry.resolve({ ...app, tag })).toEqual({ ...app, digest });
    });

    test("resolves no tag as latest, tag and digest as the tag, and a digest as itself", async () => {
      const { registry, seed } = subject;
      expect((await registry.resolve(app))?.digest).toBe(seed.index);
      expect((await registry.resolve({ ...app, tag: "docker", digest: seed.index }))?.digest).toBe(seed.list);
      expect((await registry.resolve({ ...app, digest: seed.single }))?.digest).toBe(seed.single);
    });

    test("has no answer for what is not there", async () => {
      const { registry } = subject;
      expect(await registry.resolve({ ...app, tag: "none" })).toBeUndefined();
      expect(await registry.resolve({ ...app, digest: UNKNOWN })).toBeUndefined();
      expect(await registry.resolve({ ...app, repository: "team/none", tag: "1.2" })).toBeUndefined();
      expect(await registry.manifest({ ...app, digest: UNKNOWN })).toBeUndefined();
      expect(await registry.config({ ...app, digest: UNKNOWN }, AMD64)).toBeUndefined();
    });

    test("reads an index and the manifests in it", async () => {
      const { registry, seed } = subject;
      const index = await registry.manifest({ ...app, digest: seed.index });
      if (index?.kind !== "index") throw new Error("expected an index");
      expect(index.annotations).toEqual({ "org.opencontainers.image.version": "1.2" });
      expect(index.manifests.map(({ platform }) => platform)).toEqual([AMD64, ARM64]);
      const image = await registry.manifest({ ...app, digest: index.manifests[0]!.digest });
      if (image?.kind !== "image") throw new Error("expected an image");
      expect(image.layers.map(({ digest }) => digest)).toEqual(seed.layers.map(({ digest }) => digest));
    });

    test.each(["index", "list", "single", "bare"] as const)(
      "reads the configuration of a platform: %s",
      async (name) => {
        const { registry, seed } = subject;
        const config = await registry.config({ ...app, digest: seed[name] }, AMD64);
        expect(config).toEqual({
          platform: AMD64,
          labels: { "org.opencontainers.image.source": "https://github.com/acme/app" },
          diffIds: seed.layers.map(({ diffId }) => diffId),
        });
        expect(
          await registry.config({ ...app, digest: seed[name] }, { ...AMD64, architecture: "s390x" }),
        ).toBeUndefined();
      },
    );

    test("knows the one platform of an image without an index, and chooses none of several", async () => {
      const { registry, seed } = subject;
      const index = await registry.manifest({ ...app, digest: seed.index });
      const [, arm] = index?.kind === "index" ? index.manifests : [];
      expect((await registry.config({ ...app, digest: arm!.digest }))?.platform).toEqual(ARM64);
      expect((await registry.config({ ...app, digest: seed.single }))?.platform).toEqual(AMD64);
      expect(await registry.config({ ...app, digest: seed.index })).toBeUndefined();
    });

    test("streams blobs", async () => {
      const { registry, seed } = subject;
      for (const { digest } of seed.layers) {
        const stream = await registry.blob({ ...app, digest: seed.index }, digest);
        expect(sha256(await new Response(stream).bytes())).toBe(digest);
      }
      await expect(registry.blob({ ...app, digest: seed.index }, UNKNOWN)).rejects.toMatchObject({ code: "INPUT" });
    });

    test("lists all tags, and none of an unknown repository", async () => {
      const { registry } = subject;
      const tags = await Array.fromAsync(registry.tags({ ...app, repository: "team/tags" }));
      expect(tags.toSorted()).toEqual(MANY_TAGS);
      expect(await Array.fromAsync(registry.tags({ ...app, repository: "team/none" }))).toEqual([]);
    });
  });
}
