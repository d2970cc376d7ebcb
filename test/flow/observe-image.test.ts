import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { observeImage } from "../../src/flow/watch/observe-image.ts";
import {
  against,
  INDEX_DIGEST,
  type Script,
  serveIndex,
  serveJson,
  serveStatus,
} from "../registry/scripted-registry.ts";

type Answer = (response: ServerResponse) => void;

/** A registry that lists these tags, and answers for each as told. */
function listing(tags: Readonly<Record<string, Answer>>): Script {
  return ({ url = "" }, response) => {
    if (url.includes("/tags/")) serveJson(response, { tags: Object.keys(tags) });
    else (tags[url.slice(url.lastIndexOf("/") + 1)] ?? ((missing) => serveStatus(missing, 404)))(response);
  };
}

const schema1: Answer = (response) =>
  response.writeHead(200, { "content-type": "application/vnd.docker.distribution.manifest.v1+prettyjws" }).end();
const refused: Answer = (response) => serveStatus(response, 403);
const failing: Answer = (response) => serveStatus(response, 500);

async function look(script: Script, ...inUse: readonly string[]) {
  const { client, name } = await against(script);
  return observeImage(client, name, { tags: inUse.map((tag) => ({ tag })) }, Date.UTC(2026, 10, 23));
}

describe("a look at an image", () => {
  it("tells what the tags in use and the newer ones name", async () => {
    const tags = { "1.0.0": serveIndex, "1.0.1": serveIndex, "2.0.0": serveIndex, other: serveIndex };
    expect(await look(listing(tags), "1.0.1", "gone")).toEqual({
      state: "seen",
      tags: Object.keys(tags),
      sightings: [
        { tag: "1.0.1", digest: INDEX_DIGEST },
        { tag: "gone", digest: undefined },
        { tag: "2.0.0", digest: INDEX_DIGEST },
      ],
      problems: [],
      digests: { named: [], asked: new Map() },
    });
  });

  it("leaves with a tag what is wrong with it alone", async () => {
    const tags = { "1.0.0": serveIndex, ancient: schema1, secret: refused };
    expect(await look(listing(tags), "ancient", "secret", "1.0.0")).toMatchObject({
      state: "seen",
      sightings: [{ tag: "1.0.0", digest: INDEX_DIGEST }],
      problems: [
        { tag: "ancient", reason: { code: "registry-answer", detail: expect.stringContaining("ancient: a schema 1") } },
        { tag: "secret", reason: { code: "registry-denied", detail: expect.stringContaining("secret: ") } },
      ],
    });
  });

  it("fails with what is wrong with all tags", async () => {
    const answer = await look(listing({ ancient: schema1, secret: refused }), "ancient", "secret");
    expect(answer).toMatchObject({ state: "failed", reason: { code: "registry-answer" } });
    expect(answer).not.toHaveProperty("outage");
    // It is told to everyone who uses the image, of whom not all may know of each other's tags.
    expect(JSON.stringify(answer)).not.toMatch(/ancient|secret/);
  });

  it.each<[what: string, script: Script, code: string]>([
    ["refused", (_, response) => refused(response), "registry-denied"],
    ["unreadable", (_, response) => response.end("tags"), "registry-answer"],
  ])("fails when the list is %s", async (_, script, code) => {
    expect(await look(script, "1")).toEqual({ state: "failed", reason: { code, detail: expect.any(String) } });
  });

  it("fails, for now, when the registry is down for a tag", async () => {
    expect(await look(listing({ a: serveIndex, b: failing }), "a", "b")).toMatchObject({
      state: "failed",
      reason: { code: "registry-unavailable" },
      outage: { code: "UNAVAILABLE" },
    });
  });

  it("takes no part of a list for the whole", async () => {
    const many = (count: number): Script => {
      return (_, response) => serveJson(response, { tags: Array.from({ length: count }, (_, number) => `v${number}`) });
    };
    expect(await look(many(100_000))).toMatchObject({ state: "seen", problems: [] });
    expect(await look(many(100_001))).toMatchObject({ state: "failed", reason: { code: "too-many-tags" } });
  });
});
