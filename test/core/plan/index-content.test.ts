import { describe, expect, it } from "vitest";
import { type IndexContent, isSameContent } from "../../../src/core/plan/index-content.ts";
import type { Digest } from "../../../src/core/reference.ts";
import { digestOf } from "../arbitraries.ts";
import { a, b, factsOf, plan, use, type World } from "./plan-world.ts";

/** `amd64:1 arm64/v8:2` as an index of images for Linux; `:1` as an image without an index. */
function content(text: string): IndexContent {
  return text
    .split(" ")
    .filter(Boolean)
    .map((one) => {
      const [name = "", digit = ""] = one.split(":");
      const [architecture = "", variant] = name.split("/");
      const platform = { os: "linux", architecture, ...(variant && { variant }) };
      return { digest: digestOf(digit), ...(name !== "" && { platform }) };
    });
}

describe("isSameContent", () => {
  it.each<[from: string, to: string, platform: string | undefined, same: boolean]>([
    ["amd64:1 arm64:2", "amd64:1 arm64:2", undefined, true],
    ["amd64:1 arm64:2", "amd64:1 arm64:3", undefined, false],
    ["amd64:1 arm64:2", "amd64:1 arm64:3", "linux/amd64", true],
    ["amd64:1 arm64:2", "amd64:1 arm64:3", "linux/arm64", false],
    ["amd64:1 arm64:2", "amd64:1 arm64:3", "linux/s390x", false],
    ["amd64:1", "amd64:1 arm64:3", undefined, true],
    ["amd64:1 arm64:2", "amd64:1", undefined, false],
    ["amd64:1 arm64:2", "amd64:2 arm64:1", undefined, false],
    ["arm64:2", "arm64/v8:2", "linux/arm64", true],
    [":1", "amd64:1", undefined, true],
    [":1", "amd64:2", undefined, false],
    ["amd64:1", ":1", "linux/amd64", true],
    ["", "", undefined, false],
    ["amd64:1", "", undefined, false],
  ])("%s and %s, on %s: %s", (from, to, platform, same) => {
    expect(isSameContent(content(from), content(to), platform)).toBe(same);
  });

  it("is not where one is not known", () => {
    expect(isSameContent(undefined, content("amd64:1"), undefined)).toBe(false);
    expect(isSameContent(content("amd64:1"), undefined, undefined)).toBe(false);
  });
});

describe("a plan", () => {
  const known = (world: World, from: string, to: string) => {
    return {
      ...factsOf(world),
      contents: new Map<Digest, IndexContent>([
        [a, content(from)],
        [b, content(to)],
      ]),
    };
  };

  it("has no update where only the index is another one", () => {
    const facts = known({ "22": [b, 9] }, "amd64:1 arm64:2", "amd64:1 arm64:3");
    const on = (platform: string) => plan([{ ...use(`node:22@${a}`), platform }], facts).uses[0];
    expect(on("linux/arm64")).toMatchObject({ state: "update" });
    expect(on("linux/amd64")).toMatchObject({
      state: "current",
      reason: { code: "same-in-all-platforms", detail: "linux/amd64" },
    });
    expect(plan([use(`node:22@${a}`)], facts).uses[0]).toMatchObject({ state: "update" });
  });

  it("does not wait for such an index to age", () => {
    const facts = known({ "22": [b, 0] }, "amd64:1", "amd64:1");
    expect(plan([use(`node:22@${a}`)], facts)).toMatchObject({ groups: [], uses: [{ state: "current" }] });
    expect(plan([use(`node:22@${a}`)], facts).dueAt).toBeUndefined();
  });

  it("has none to a tag that names the very digest that is written, unless its own tag is gone", () => {
    const status = (world: World, text = `node:22.1.0@${a}`) => plan([use(text)], world).uses[0];
    expect(status({ "22.1.0": [a, 90], "22.1.1": [a, 9] })).toMatchObject({
      state: "current",
      reason: { code: "same-digest", detail: "22.1.1" },
    });
    expect(status({ "22.1.0": [a, 90, "gone"], "22.1.1": [a, 9] })).toMatchObject({ to: { tag: "22.1.1" } });
    expect(status({ "22.1.0": [a, 90], "22.1.1": [a, 9] }, "node:22.1.0")).toMatchObject({ to: { tag: "22.1.1" } });
    const later: World = { "22.1.0": [a, 90], "22.1.1": [a, 20], "22.1.2": [b, 9] };
    expect(status(later)).toMatchObject({ state: "update", to: { tag: "22.1.2", digest: b } });
  });
});
