import { afterEach, beforeEach, expect, test } from "vitest";
import { TestWorld } from "./world.ts";

let world: TestWorld;
beforeEach(async () => {
  world = await TestWorld.start();
});
afterEach(() => world.stop());

const place = { owner: "acme", name: "shop" };
const look = (path: string, headers: Record<string, string> = { accept: "text/html,*/*" }) =>
  fetch(`${world.github.url}${path}`, { headers });

test("a browser is shown a pull request as a person sees it, and nothing in it runs", async () => {
  await world.order("POST", "commits", { ...place, branch: "a", message: "a", files: { a: "1" } });
  const body = "> [!CAUTION]\n> **No.**\n\n| a | b |\n| --- | ---: |\n| `1` | 2 |\n\n<script>alert(1)</script>";
  await world.order("POST", "pulls", { ...place, login: "ann", head: "a", base: "main", title: "A <b> & c", body });

  const answer = await look("/acme/shop/pull/1");
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
  const text = await answer.text();
  expect(text).toContain("<h1>A &lt;b&gt; &amp; c ");
  expect(text).toContain("<strong>CAUTION</strong>");
  expect(text).toContain('<td align="right">2</td>');
  expect(await (await look("/acme/shop")).text()).toContain('<a href="/acme/shop/pull/1">A &lt;b&gt; &amp; c</a>');
});

test("there is a page only where there is something", async () => {
  const paths = ["/acme/shop/pull/9", "/acme/none", "/acme/shop/actions/runs/1", "/"];
  const answers = await Promise.all(paths.map((path) => look(path)));
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
});

test("a program is answered by the API", async () => {
  const answer = await look("/acme/shop", { accept: "application/vnd.github+json" });
  expect(answer.status).toBe(401);
  expect(answer.headers.get("content-type")).toContain("application/json");
});
