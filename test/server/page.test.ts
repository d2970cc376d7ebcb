import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { repositoryKey } from "../../src/core/repository.ts";
import { pause, resume } from "../../src/flow/pause/pause.ts";
import { createMetrics } from "../../src/server/metrics.ts";
import { createServer, type Server } from "../../src/server/server.ts";
import type { OpenStore } from "../../src/store/store.ts";
import { freshStore } from "../store/database.ts";
import { digestOf, fillWorld, NOW, node, old, repositoryOf, secret, shop, till, tool } from "./page-world.ts";

let store: OpenStore;
let server: Server;
let url: string;
const everything = { offset: 0, limit: 1000 };
const freshSince = NOW - 1000;

beforeAll(async () => {
  store = await freshStore();
  const events = { host: "github.com", app: 1, accepts: () => false };
  const parts = { verify: async () => false, hooks: new Map(), now: () => NOW, log: pino({ level: "silent" }) };
  server = createServer({ ...parts, events, store, metrics: createMetrics(store), isReported: false });
  ({ url } = await server.listen(0));
});
afterAll(async () => {
  await server.close();
  await store.close();
});

/** What a person reads of a page. */
function plain(text: string): string {
  return text
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ")
    .replaceAll(" .", ".");
}

async function page(path: string): Promise<string> {
  const answer = await fetch(url + path);
  expect([path, answer.status]).toEqual([path, 200]);
  // Where a long name may be broken does not matter here.
  return (await answer.text()).replaceAll("<wbr>", "");
}

test("an empty Oakum says so, on every page", async () => {
  expect(await page("/")).toContain("No repository is known yet.");
  expect(await page("/")).toContain("No report issue is written: the operator named no policy repository");
  expect(await page("/repositories")).toContain("the first sweep finds them");
  expect(await page("/ledger")).toContain("Nothing has happened yet.");
  expect(await page("/vulnerabilities/CVE-2026-1")).toContain("There are no uses to look in.");
  for (const path of ["/images", "/pulls", "/rollouts", "/uses", "/search", "/search?q=x"]) await page(path);
});

describe("an unknown address", () => {
  const HTML = "text/html,application/xhtml+xml,*/*;q=0.8";
  test.each([
    ["/nowhere", HTML],
    ["/nowhere", "*/*"],
    ["/repositories/acme/none", HTML],
  ])("%s is a page for who reads %s, with a way on", async (path, accept) => {
    const answer = await fetch(url + path, { headers: { accept } });
    const text = await answer.text();
    expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "text/html; charset=UTF-8"]);
    expect(text).toContain("<h1>Not found</h1>");
    expect(text).toContain('<nav aria-label="Pages">');
  });

  test.each([
    ["/nowhere", "application/json"],
    ["/repositories/acme/none", "application/json"],
    ["/api/nowhere", HTML],
    ["/api", HTML],
  ])("%s is JSON for who asks for %s", async (path, accept) => {
    const answer = await fetch(url + path, { headers: { accept } });
    expect([answer.status, await answer.json()]).toEqual([404, { error: "not found" }]);
  });

  test("is JSON for what is sent there", async () => {
    const answer = await fetch(`${url}/nowhere`, { method: "POST", headers: { accept: HTML } });
    expect([answer.status, await answer.json()]).toEqual([404, { error: "not found" }]);
  });
});

describe("in an organisation", () => {
  beforeAll(() => fillWorld(store));

  const paths = [
    ...["/", "/uses?state=held", "/repositories", "/repositories/acme/shop", "/repositories/acme/shop/pulls/4"],
    ...["/repositories/ACME/till/pulls/3", "/images", "/images/ghcr.io/acme/secret-tool", "/pulls", "/rollouts"],
    ...[`/images/docker.io/library/node?digest=${old}`, "/ledger", "/vulnerabilities/CVE-2026-31002"],
  ];

  test.each(paths)("%s shows as text what others wrote, in its own direction", async (path) => {
    const text = await page(path);
    expect(text).not.toMatch(/<script|<img|"'>/);
    for (const [, before] of text.replace(/<title>.*?<\/title>/s, "").matchAll(/(.{0,300})&lt;script/gs))
      expect(before).toMatch(/<bdi>(?:(?!<\/bdi>).)*$/s);
  });

  test("what a viewer asks is shown as text too, and makes no other list", async () => {
    const hostile = encodeURIComponent(`"><script>alert(1)</script>' or 1=1 --%_\\`);
    for (const path of [
      "/search?q=",
      "/ledger?subject=",
      "/repositories?q=",
      "/images?q=",
      "/pulls?repository=",
      "/uses?reason=",
    ]) {
      const text = await page(path + hostile);
      expect(text).not.toContain("<script");
      expect(text).not.toContain("acme/shop</bdi>");
    }
    expect(await page("/search?q=%25")).not.toContain("acme/shop");
    expect((await fetch(`${url}/vulnerabilities/${hostile}`)).status).toBe(404);
  });

  test("a use is shown with whom CODEOWNERS names for its file, or else the repository's owner", async () => {
    const text = await page("/repositories/acme/shop");
    expect(text).toContain("<bdi>@acme/base &lt;/td&gt;&lt;script");
    expect(text).toContain('data-column="Owner"><div><bdi>@acme</bdi>');
  });

  test("the overview counts uses by the worst in each, and says what is held and what could not be read", async () => {
    const text = plain(await page("/"));
    expect(text).toContain("known exploited 1 use in 1 repository");
    expect(text).toContain("critical 3 uses in 2 repositories, 2 with an update");
    expect(text).toContain("medium or less 1 use in 1 repository");
    expect(text).toContain("not known 3 uses in 2 repositories");
    expect(text).toContain("held the limit of open pull requests is reached 1 use 1");
    expect(text).toContain("auth-failed the registry refused the login or has none of this image for us 1 use 1");
    expect(text).toContain("unsupported the file could not be read as what its name says it is 1 use 1");
    expect(text).toContain("1 repository is not read yet");
  });

  test("what could not be read is told by its place", async () => {
    const text = plain(await page("/repositories/acme/till"));
    expect(text).toContain(
      "charts/app.yaml:7 not known unsupported the file could not be read as what its name says it is",
    );
  });

  test("a use says what it names, how it is written where that is not plain, and where it would go", async () => {
    expect(plain(await page("/repositories/acme/shop"))).toContain("Dockerfile:1 node:22 update to its newest digest");
    expect(plain(await page("/repositories/acme/shop"))).toContain("node:22 sha256:bbbbbbbbbbbb… current");
    expect(plain(await page("/repositories/acme/secret"))).toContain("ghcr.io/acme/secret-tool:secret-tag current");
  });

  test("a vulnerability lists what somebody has to look at, or the uses of one state", async () => {
    const open = plain(await page("/vulnerabilities/CVE-2026-31001"));
    expect(open).toContain("acme/shop Dockerfile:1 node:22 fix ready openssl 3.0.15-1, fixed in 3.0.17-1");
    expect(open).not.toContain("web/Dockerfile:1");
    const clean = plain(await page("/vulnerabilities/CVE-2026-31001?state=not-affected"));
    expect(clean).toContain("web/Dockerfile:1");
    expect(clean).not.toContain("fix ready openssl");
  });

  test("a pull says what its scans found, by urgency and by name", async () => {
    const text = plain(await page("/repositories/acme/shop/pulls/4"));
    expect(text).toContain("fixed 0 1 0 0 CVE-2026-31001 introduced 0 0 0 0");
  });

  test("a use that is current and has findings is exposed, without a fix", async () => {
    expect(await page("/repositories/acme/till")).toContain("current, exposed (no fix)");
  });

  test("a pull's timeline has its own facts in sentences, with its release and rollout, and no intentions", async () => {
    const text = await page("/repositories/acme/till/pulls/3");
    const said = [...text.matchAll(/<p><bdi>([^<]*)<\/bdi><\/p>/g)].map(([, words]) => words);
    expect(said).toEqual([
      expect.stringContaining("pull request opened: &lt;/td"),
      "verdict pass (2 fixed, 0 introduced, 1 remaining)",
      "pull request #3 merged by policy",
      `release sha256:${"e".repeat(12)} built, checked and scanned; 1 target`,
      "staging: runs everywhere; soaking",
    ]);
  });

  test("a pull says by when its fix must run, and that it is late", async () => {
    const text = plain(await page("/repositories/acme/shop/pulls/4"));
    expect(text).toContain("Due 2026-11-28 11:00 overdue , as critical");
    expect(await page("/repositories/acme/till/pulls/3")).not.toContain("Due");
  });

  test("the ledger names repositories instead of numbers, and is filtered by what a subject begins with", async () => {
    expect(await page("/ledger")).toContain("pull:acme/till#oakum/main/node-3");
    const image = await page("/ledger?subject=image%3A");
    expect(image).toContain("22 is sha256:bbbbbbbbbbbb now; used by 3 repositories");
    expect(image).not.toContain("acme/till");
  });

  test("one box finds a repository, an image and a vulnerability, in any case", async () => {
    const found = await page("/search?q=SHO");
    expect(found).toContain('href="/repositories/acme/shop"');
    expect(await page("/search?q=nod")).toContain('href="/images/docker.io/library/node"');
    const answer = await fetch(`${url}/search?q=cve-2026-31001`, { redirect: "manual" });
    expect([answer.status, answer.headers.get("location")]).toEqual([302, "/vulnerabilities/CVE-2026-31001"]);
  });

  test("a pause is on every page", async () => {
    expect(await page("/images")).not.toContain("Paused");
    await pause(store, { by: "ann", why: "<b>a bad day</b>" }, NOW);
    expect(await page("/images")).toMatch(/Paused since 2026-11-28T\S+ by ann: &lt;b&gt;a bad day/);
    await resume(store, { by: "ann" }, NOW + 1);
  });

  test("that GitHub wants to be left alone is on every page", async () => {
    const installation = { host: "github.com", installation: 5 };
    await store.budgets.pause(installation, 600, NOW);
    expect(await page("/images")).toContain("Installation 5: GitHub asked for a pause until 2026-11-28 12:10 UTC.");
  });

  test.each(["/repositories/acme/none", "/repositories/acme/shop/pulls/99", "/images/x/y", "/vulnerabilities/x"])(
    "%s is not found, and says how to go on",
    async (path) => {
      const answer = await fetch(url + path);
      expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining("search for it")]);
    },
  );

  test("a long list is turned page by page, and says what is left out", async () => {
    const many = Array.from({ length: 120 }, (_, n) => repositoryOf(1000 + n, `r${String(n).padStart(3, "0")}`, "zoo"));
    for (const repository of many) await store.index.saveRepository(repository);
    const first = await page("/repositories");
    expect(first).toContain("1 to 50 of 124");
    expect(first).toContain('rel="next" href="/repositories?page=2"');
    const last = await page("/repositories?page=3&q=zoo");
    expect(last).toContain("101 to 120 of 120");
    expect(last).toContain('rel="prev" href="/repositories?q=zoo&amp;page=2"');
    expect(last).not.toContain('rel="next"');
    expect(await page("/repositories?page=9999")).toContain("Nothing more.");
    for (const page_ of ["0", "-1", "1e3", "x"]) expect(await page(`/repositories?page=${page_}`)).toContain("1 to 50");
    for (const repository of many) await store.index.removeRepository(repository);
  });
});

describe("a viewer who may not read a repository", () => {
  const viewer = [shop, till].map(repositoryKey);
  const looking = { viewer, freshSince };

  test("finds it in no list and no number", async () => {
    const { views } = store;
    const summary = await views.summary(looking);
    expect([summary.repositories, summary.images, summary.openPulls]).toEqual([2, 2, 1]);
    expect(summary.exposure["known-exploited"]).toEqual({ uses: 0, repositories: 0, ready: 0 });
    expect((await views.repositories(looking, everything)).total).toBe(2);
    expect((await views.uses({ ...looking, image: tool }, everything)).total).toBe(1);
    expect((await views.pulls(viewer, {}, everything)).total).toBe(2);
    expect(await views.repository(viewer, secret.owner, secret.name)).toBeUndefined();
    expect((await views.uses({ ...looking, repository: secret }, everything)).total).toBe(0);
    expect((await views.pulls(viewer, { repository: secret, number: 9 }, everything)).total).toBe(0);
    expect((await views.names(viewer, [repositoryKey(secret)])).size).toBe(0);
    expect((await views.images(looking, everything)).shown).toMatchObject([
      { repository: "library/node", uses: 4, repositories: 2 },
      { repository: "acme/secret-tool", uses: 1, repositories: 1 },
    ]);
  });

  test("learns neither tags nor digests nor findings of what it uses of an image", async () => {
    const detail = await store.views.image(looking, tool);
    expect(detail?.tags.map(({ tag }) => tag)).toEqual(["1"]);
    expect(detail?.digests.map(({ digest }) => digest)).toEqual([digestOf("c")]);
    const question = { image: tool, digest: digestOf("d"), ...everything };
    expect((await store.views.findings(viewer, question)).total).toBe(0);
    expect((await store.views.findings("all", question)).total).toBe(1);
    expect(await store.views.image({ viewer: [repositoryKey(secret)], freshSince }, node)).toBeUndefined();
  });

  test("sees of the ledger what is about its own repositories and images, and nothing that has no repository", async () => {
    const { shown, total } = await store.views.ledger([repositoryKey(till)], {}, everything);
    const subjects = new Set(shown.map(({ subject }) => subject.replace(/[/#@].*/s, "")));
    expect([...subjects].sort()).toEqual([
      "image:docker.io",
      "pull:github.com",
      "release:github.com",
      "target:github.com",
    ]);
    expect(shown.some(({ subject }) => subject.includes("/13") || subject.includes("secret"))).toBe(false);
    expect(total).toBe(shown.length);
    const asked = { subjects: [`pull:${repositoryKey(secret)}#oakum/main/node-9`] };
    expect((await store.views.ledger(viewer, asked, everything)).total).toBe(0);
    expect((await store.views.ledger("all", asked, everything)).total).toBe(1);
  });

  test("with nothing to read, sees nothing", async () => {
    const nobody = { viewer: [], freshSince };
    expect((await store.views.summary(nobody)).states).toEqual([]);
    expect((await store.views.ledger([], {}, everything)).total).toBe(0);
  });
});

describe("of a repository with other branches", () => {
  const branched = repositoryOf(21, "branched");
  const hostile = `release/<script>alert("1")</script>'&`;
  const next = { ...branched, base: "release/2.x" };
  const use = {
    image: node,
    tag: "22",
    digest: old,
    path: "Dockerfile",
    line: 1,
    text: "node:22",
    state: "current",
  } as const;

  beforeAll(async () => {
    await store.index.saveRepository(branched);
    await store.index.saveUses(branched, "1".repeat(40), [use]);
    const heads = new Map([next.base, hostile].map((base) => [base, "2".repeat(40)]));
    await store.index.saveLines(branched, { patterns: ["release/*"], left: 1200 }, heads);
    await store.index.doubt({ ...branched, base: "release/gone" }, { cause: "3".repeat(40), since: NOW });
    for (const base of [next.base, hostile]) await store.index.saveUses({ ...branched, base }, "2".repeat(40), [use]);
  });

  test("the page names those that are kept, how many are not, and where each use is", async () => {
    const text = await page("/repositories/acme/branched");
    expect(text).not.toContain("<script");
    const read = plain(text);
    expect(read).toContain(
      "Read at 111111111111 of main ; also kept patched: release/2.x , release/&lt;script&gt;alert(",
    );
    expect(read).toContain(" , and not 1,200 more that its configuration names.");
    expect(read).not.toContain("release/gone");
    expect(read).toContain("Dockerfile:1 node:22");
    expect(read).toContain("Dockerfile:1 on release/2.x node:22");
  });

  test("every list of uses tells the branch", async () => {
    for (const path of [
      "/uses?repository=acme/branched",
      "/images/docker.io/library/node",
      "/vulnerabilities/CVE-2026-31001",
    ]) {
      const text = await page(path);
      expect(plain(text)).toContain("Dockerfile:1 on release/2.x");
      expect(text).not.toContain("<script");
    }
  });
});
