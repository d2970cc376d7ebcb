import { expect, test } from "vitest";
import { revalidatingFetch } from "../../../src/github/octokit/revalidating-fetch.ts";

/** Asks the same twice, both times answered by `answer`; tells which ETags were sent. */
async function askedTwice(answer: () => Response, method = "GET"): Promise<readonly (string | null)[]> {
  const sent: (string | null)[] = [];
  const fetch = revalidatingFetch(async (_, init) => {
    sent.push(new Headers(init?.headers).get("if-none-match"));
    return answer();
  });
  const headers = { authorization: "bearer token-1", accept: "application/json" };
  for (const _ of [1, 2]) await fetch("https://api.github.com/repos/acme/web", { method, headers });
  return sent;
}

const headers = { etag: 'W/"one"' };

test("what was answered is asked for again by its ETag", async () => {
  expect(await askedTwice(() => new Response("{}", { headers }))).toEqual([null, 'W/"one"']);
});

test.each([
  ["has no ETag", () => new Response("{}")],
  ["leads to an address that is signed for a minute", () => new Response(null, { status: 302, headers })],
  ["is a refusal", () => Response.json({ message: "Not Found" }, { status: 404, headers })],
  ["is too long", () => new Response(new Uint8Array(1024 * 1024 + 1), { headers })],
])("an answer that %s is not remembered", async (_, answer) => {
  expect(await askedTwice(answer)).toEqual([null, null]);
});

test("an act is never answered from what is remembered", async () => {
  expect(await askedTwice(() => new Response("{}", { headers }), "POST")).toEqual([null, null]);
});
