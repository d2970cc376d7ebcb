import { describe, expect, test } from "vitest";
import { against, REPOSITORY, type Script, serveJson } from "./scripted-registry.ts";

describe("pages", () => {
  const page =
    (tags: readonly string[], next?: string): Script =>
    (_, response) =>
      serveJson(response, { name: REPOSITORY, tags }, next === undefined ? {} : { link: `<${next}>; rel="next"` });

  test("are followed, and a tag that appears twice is told once", async () => {
    const { client, name, server } = await against((request, response, registry) => {
      const last = new URL(request.url ?? "", registry.url).searchParams.get("last");
      const script = last === null ? page(["a", "b", "not a tag"], "?n=2&last=b") : page(["b", "c"]);
      script(request, response, registry);
    });
    expect(await Array.fromAsync(client.tags(name))).toEqual(["a", "b", "c"]);
    expect(server.requests).toHaveLength(2);
  });

  test.each([
    ["lead to another origin", () => "http://127.0.0.1:1/v2/team/app/tags/list", {}],
    ["repeat", () => "/v2/team/app/tags/list?last=a", {}],
    ["do not end", (number: number) => `?last=${number}`, { tagPages: 5 }],
  ])("that %s are an error, not the end", async (_, next, limits) => {
    const { client, name, server } = await against(
      (request, response, registry) => page(["a"], next(registry.requests.length))(request, response, registry),
      { limits },
    );
    await expect(Array.fromAsync(client.tags(name))).rejects.toMatchObject({ code: "INPUT" });
    expect(server.requests.length).toBeLessThanOrEqual(5);
  });

  test("with more tags than the limit are an error", async () => {
    const { client, name } = await against(page(["a", "b", "c"]), { limits: { tags: 2 } });
    await expect(Array.fromAsync(client.tags(name))).rejects.toMatchObject({ code: "INPUT" });
  });

  test("a repository whose tags are all gone has none", async () => {
    const { client, name } = await against((_, response) => serveJson(response, { name: REPOSITORY, tags: null }));
    expect(await Array.fromAsync(client.tags(name))).toEqual([]);
  });
});
