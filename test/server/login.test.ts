import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, type TestContext, test } from "vitest";
import { type Control, controlOf } from "../../sandbox/control.ts";
import { type Repository, repositoryKey } from "../../src/core/repository.ts";
import { createLogins } from "../../src/github/octokit/logins.ts";
import { safePath } from "../../src/server/login.ts";
import { createMetrics } from "../../src/server/metrics.ts";
import { createServer, type Server } from "../../src/server/server.ts";
import type { OpenStore } from "../../src/store/store.ts";
import { type RunningServer, startServer } from "../flow/servers.ts";
import { freshStore } from "../store/database.ts";
import { digestOf, findingOf, pullOf, tool } from "./page-world.ts";

const APP = 4711;
const CLIENT = `Iv1.${APP.toString(16).padStart(16, "0")}`;
const SECRET = "a client secret of the test";
const TEN_MINUTES = 600_000;

const folder = mkdtempSync(join(tmpdir(), "oakum-login-"));
let github: RunningServer;
let control: Control;
let store: OpenStore;
let server: Server;
let url: string;
let logged: string;
let clock: number;
let installation: number;
let [open, secret]: readonly Repository[] = [];

beforeAll(async () => {
  github = await startServer("github", folder);
  control = controlOf(github.url);
  store = await freshStore();
});
afterAll(async () => {
  const violations = await control.get<readonly unknown[]>("violations");
  await github.close();
  await store.close();
  rmSync(folder, { recursive: true, force: true });
  expect(violations).toEqual([]);
});

/** An App of `acme` whose logins come back here, two private repositories, and ann, who may read one of them. */
beforeAll(async () => {
  const app = { id: APP, slug: "oakum", owner: "acme", publicKey: "", permissions: { contents: "write" }, events: [] };
  await control.post("apps", { ...app, clientSecret: SECRET, callbackUrls: ["http://oakum.test/login/callback"] });
  ({ id: installation } = await control.post<{ id: number }>("installations", { app: APP, account: "acme" }));
  const add = async (name: string): Promise<Repository> => {
    const { id } = await control.post<{ id: number }>("repositories", { owner: "acme", name, private: true });
    const rest = { defaultBranch: "main", private: true, archived: false };
    return { host: "github.test", installation, repository: id, owner: "acme", name, ...rest };
  };
  [open, secret] = [await add("open"), await add("secret")];
  await allow("ann", open.name);
  await allow("ben", open.name);
  await allow("ben", secret.name);
  for (const [repository, digest] of [
    [open, "a"],
    [secret, "b"],
  ] as const) {
    await store.index.saveRepository(repository);
    const use = {
      image: tool,
      tag: `${repository.name}-tag`,
      digest: digestOf(digest),
      path: `${repository.name}/Dockerfile`,
    };
    await store.index.saveUses(repository, "1".repeat(40), [
      { ...use, line: 1, text: `tool # ${repository.name}`, state: "current" },
    ]);
    const found = [
      findingOf(repository === open ? "CVE-2026-1" : "CVE-2026-2", { knownExploited: repository === secret }),
    ];
    await store.exposures.save({ ...tool, digest: digestOf(digest) }, found, { at: Date.now(), dueAt: 9e15 });
    await store.pulls.save(pullOf(repository, 5, { title: `Update of ${repository.name}` }));
    const subject = `pull:${repositoryKey(repository)}#oakum/main/x`;
    await store.ledger.append({ subject, transition: `opened ${repository.name}`, cause: "1", data: {} }, 1);
    const moved = { tag: use.tag, digest: digestOf("c"), users: 2 };
    const cause = `${use.tag}@${digestOf("c")}`;
    await store.ledger.append(
      { subject: "image:ghcr.io/acme/secret-tool", transition: "moved", cause, data: moved },
      1,
    );
  }
  await store.ledger.append({ subject: "campaign:secret", transition: "halted", cause: "1", data: {} }, 1);
});

async function serve(own: TestContext, proxies: readonly string[]): Promise<void> {
  clock = Date.now();
  logged = "";
  const logins = createLogins({
    ...{ host: "github.test", web: github.url, api: `${github.url}/api/v3`, clientId: CLIENT, clientSecret: SECRET },
    ...{ fetch, now: () => clock },
  });
  const log = pino({ level: "trace" }, { write: remember });
  server = createServer({
    ...{ verify: async () => false, hooks: new Map(), now: () => clock, log, store, logins },
    ...{ events: { host: "github.test", app: APP, accepts: () => false }, metrics: createMetrics(store), proxies },
  });
  ({ url } = await server.listen(0));
  own.onTestFinished(() => server.close());
}

beforeEach((own) => serve(own, []));

function remember(line: string): void {
  logged += line;
}

function allow(login: string, name: string, permission = "read") {
  return control.post("collaborators", { owner: "acme", name, login, permission });
}

/** A person's browser: it keeps cookies, and follows redirects by hand. */
class Browser {
  readonly cookies = new Map<string, string>();
  readonly login: string;

  constructor(login: string) {
    this.login = login;
  }

  async get(path: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(new URL(path, url), {
      redirect: "manual",
      ...init,
      headers: { cookie, ...init.headers },
    });
    for (const one of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(one) ?? [];
      if (value === "") this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return answer;
  }

  /** From here to GitHub, where the person is known, and as far as the address that it sends them back to. */
  async toGitHub(path = "/login"): Promise<string> {
    const away = new URL((await this.get(path)).headers.get("location") ?? "");
    expect(away.origin + away.pathname).toBe(`${github.url}/login/oauth/authorize`);
    away.searchParams.set("login", this.login);
    const back = await fetch(away, { redirect: "manual", headers: { accept: "text/html" } });
    const address = new URL(back.headers.get("location") ?? "");
    return address.pathname + address.search;
  }

  async logIn(path?: string): Promise<Response> {
    return this.get(await this.toGitHub(path));
  }

  async text(path: string): Promise<string> {
    const answer = await this.get(path);
    expect([path, answer.status]).toEqual([path, 200]);
    return answer.text();
  }
}

test("who is not logged in sees nothing but the way to log in, and comes back to where they wanted", async () => {
  const ann = new Browser("ann");
  const refused = await ann.get("/repositories/acme/open?page=1");
  const text = await refused.text();
  expect([refused.status, text.includes("acme/")]).toEqual([401, false]);
  const [, way = ""] = /href="(\/login[^"]*)"/.exec(text) ?? [];
  const answer = await ann.logIn(way.replaceAll("&amp;", "&"));
  expect([answer.status, answer.headers.get("location")]).toEqual([302, "/repositories/acme/open?page=1"]);
  expect(await ann.text("/repositories/acme/open")).toContain("acme/open");
});

describe("each repository is shown only to those who may read it", () => {
  const pages = [
    ...["/", "/uses", "/repositories", "/images", "/images/ghcr.io/acme/secret-tool", "/pulls", "/rollouts", "/ledger"],
    ...["/ledger?subject=pull%3A", "/search?q=e", "/repositories/acme/open", "/repositories/acme/open/pulls/5"],
    ...["/vulnerabilities/CVE-2026-1?state=not-affected", `/images/ghcr.io/acme/secret-tool?digest=${digestOf("a")}`],
  ];
  const rest = [
    "/vulnerabilities/CVE-2026-2?state=not-affected",
    `/images/ghcr.io/acme/secret-tool?digest=${digestOf("b")}`,
  ];

  test("on every page, and in every number", async () => {
    const [ann, ben] = [new Browser("ann"), new Browser("ben")];
    await ann.logIn();
    await ben.logIn();
    for (const path of [...pages, ...rest]) {
      const seen = (await ann.text(path)).replaceAll("<wbr>", "").replaceAll(/acme(\/|%2F)secret-tool/g, "");
      expect([path, /secret|campaign/.exec(seen)?.[0]]).toEqual([path, undefined]);
    }
    const plain = async (one: Browser, path: string) =>
      (await one.text(path))
        .replaceAll("<wbr>", "")
        .replaceAll(/<[^>]+>/g, " ")
        .replaceAll(/\s+/g, " ");
    expect(await plain(ann, "/")).toContain("1 repository · 1 image · 1 open pull request");
    expect(await plain(ben, "/")).toContain("2 repositories · 1 image · 2 open pull requests");
    expect(await plain(ann, "/")).toContain("known exploited 0 no use");
    expect(await plain(ann, "/images")).toContain("secret-tool critical 1 1 Oakum");
    expect(await plain(ann, "/vulnerabilities/CVE-2026-2")).toContain("No scan of 1 use found it");
    expect(await plain(ben, "/vulnerabilities/CVE-2026-2")).toContain("no fix 1 use");
    expect(await plain(ben, "/ledger")).toContain("acme/secret");
    expect(await plain(ben, "/ledger")).toContain("secret-tag");
    expect(await plain(ann, "/ledger?subject=image%3A")).toContain("open-tag");
    expect(await plain(ann, "/ledger?subject=image%3A")).not.toContain("secret-tag");
    expect(await plain(ben, "/ledger")).not.toContain("campaign");
  });

  test("what may not be read is not found, as what is not there", async () => {
    const ann = new Browser("ann");
    await ann.logIn();
    const bodies = [];
    for (const path of ["/repositories/acme/secret", "/repositories/acme/secret/pulls/5", "/repositories/acme/none"]) {
      const answer = await ann.get(path);
      expect(answer.status).toBe(404);
      bodies.push(await answer.text());
    }
    expect(new Set(bodies).size).toBe(1);
  });

  test("no address tells whether it is one before a login", async () => {
    for (const path of ["/nowhere", "/ledger"]) expect((await new Browser("x").get(path)).status).toBe(401);
    const ann = new Browser("ann");
    await ann.logIn();
    const answer = await ann.get("/nowhere");
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining("Log out")]);
  });

  test("who may read none of them is not let in", async () => {
    const mallory = new Browser("mallory");
    const answer = await mallory.logIn();
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining("none of the repositories")]);
    expect((await mallory.get("/")).status).toBe(401);
  });

  test("and not for longer than ten minutes after they might", async () => {
    const cat = new Browser("cat");
    await allow("cat", "open");
    await allow("cat", "secret");
    await cat.logIn();
    expect(await cat.text("/repositories")).toContain("acme/secret");
    await control.post("collaborators/remove", { owner: "acme", name: "secret", login: "cat" });
    clock += TEN_MINUTES;
    const answer = await cat.get("/repositories?page=1");
    const way = answer.headers.get("location") ?? "";
    expect([answer.status, way]).toEqual([302, "/login?return=%2Frepositories%3Fpage%3D1"]);
    expect((await cat.logIn(way)).headers.get("location")).toBe("/repositories?page=1");
    expect(await cat.text("/repositories")).not.toContain("acme/secret");
  });

  test("JSON and metrics stay on this machine", async () => {
    const ann = new Browser("ann");
    await ann.logIn();
    for (const path of ["/api/uses", "/api/ledger", "/metrics"]) {
      expect((await ann.get(path, { headers: { "x-forwarded-for": "203.0.113.9" } })).status).toBe(403);
    }
  });
});

describe("a login", () => {
  test("that began in another browser ends", async () => {
    const [ann, mallory] = [new Browser("ann"), new Browser("mallory")];
    await allow("mallory2", "open");
    const forced = await new Browser("mallory2").toGitHub();
    await ann.toGitHub();
    for (const browser of [ann, mallory]) {
      const answer = await browser.get(forced);
      expect([answer.status, browser.cookies.has("oakum-session")]).toEqual([403, false]);
    }
  });

  test("counts once: neither its state nor its code is taken again", async () => {
    const ann = new Browser("ann");
    const address = await ann.toGitHub();
    const begun = ann.cookies.get("oakum-login") ?? "";
    expect((await ann.get(address)).status).toBe(302);
    expect((await ann.get(address)).status).toBe(403);
    ann.cookies.set("oakum-login", begun);
    expect((await ann.get(address)).status).toBe(403);
  });

  test("needs the verifier whose hash went to GitHub", async () => {
    const ann = new Browser("ann");
    const address = await ann.toGitHub();
    const begun = JSON.parse(Buffer.from(ann.cookies.get("oakum-login") ?? "", "base64url").toString());
    const other = Buffer.from(JSON.stringify({ ...begun, verifier: "a".repeat(43) })).toString("base64url");
    ann.cookies.set("oakum-login", other);
    expect((await ann.get(address)).status).toBe(403);
  });

  test.each(["", "x", "e30", Buffer.from('{"state":1}').toString("base64url")])(
    "is not made up by a cookie: %j",
    async (value) => {
      const ann = new Browser("ann");
      const address = await ann.toGitHub();
      ann.cookies.set("oakum-login", value);
      expect((await ann.get(address)).status).toBe(403);
    },
  );

  test("takes no session that was there before", async () => {
    const ann = new Browser("ann");
    ann.cookies.set("oakum-session", "chosen-by-mallory");
    await ann.logIn();
    expect(ann.cookies.get("oakum-session")).not.toBe("chosen-by-mallory");
    const other = new Browser("x");
    other.cookies.set("oakum-session", "chosen-by-mallory");
    expect((await other.get("/")).status).toBe(302);
  });

  test("that the person breaks off says so", async () => {
    const ann = new Browser("ann");
    const away = new URL((await ann.get("/login")).headers.get("location") ?? "");
    const answer = await ann.get(`/login/callback?error=access_denied&state=${away.searchParams.get("state")}`);
    expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining("did not let you in")]);
  });

  test("keeps no secret: neither token nor cookie is in the store or the log", async () => {
    const ann = new Browser("ann");
    await ann.logIn();
    const id = ann.cookies.get("oakum-session") ?? "";
    expect(await store.sessions.find(id, clock)).toBeUndefined();
    expect(logged).toContain('"login":"ann"');
    expect(logged).not.toMatch(new RegExp(`ghu_|ghr_|${id}|${SECRET}`));
  });

  test("has cookies that no script reads, and beyond this machine only TLS carries", async () => {
    const cookieOf = async (host: string) => {
      const { hostname, port } = new URL(url);
      const sent = request({ hostname, port, path: "/login", headers: { host } });
      sent.end();
      const [response] = (await once(sent, "response")) as [IncomingMessage];
      response.resume();
      return response.headers["set-cookie"]?.[0]?.replace(/=[^;]*/, "");
    };
    expect(await cookieOf("oakum.example")).toBe(
      "__Host-oakum-login; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax",
    );
    expect(await cookieOf("127.0.0.1:3000")).toBe("oakum-login; Max-Age=600; Path=/; HttpOnly; SameSite=Lax");
  });
});

describe("how often logins may be tried", () => {
  /** The answer to the last of so many tries of a browser that keeps nothing, through a proxy that says for whom. */
  async function tries(count: number, forwarded: string, cookie = ""): Promise<number> {
    let status = 0;
    for (let one = 0; one < count; one++) {
      const answer = await fetch(`${url}/login`, {
        redirect: "manual",
        headers: { "x-forwarded-for": forwarded, cookie },
      });
      status = answer.status;
      await answer.body?.cancel();
    }
    return status;
  }

  test("is each one's own affair, through a proxy that the operator vouches for", async (own) => {
    await serve(own, ["127.0.0.0/8", "10.0.0.0/8"]);
    expect(await tries(121, "203.0.113.9")).toBe(429);
    expect(await tries(1, "198.51.100.7")).toBe(302);
    // What a client writes itself stands before what the proxies added.
    expect(await tries(1, "198.51.100.8, 203.0.113.9")).toBe(429);
    expect(await tries(1, "198.51.100.8, 203.0.113.9, 10.1.2.3")).toBe(429);
    // Whoever has one address of IPv6 has a network of them.
    expect(await tries(120, "2001:db8::1")).toBe(302);
    expect(await tries(1, "2001:db8:0:0:ffff::2")).toBe(429);
    expect(await tries(1, "2001:db8:0:1::1")).toBe(302);
    clock += 60_000;
    expect(await tries(1, "203.0.113.9")).toBe(302);
  });

  test("does not lock out who logged in before, through a proxy that nobody vouches for", async () => {
    const ann = new Browser("ann");
    await ann.logIn();
    const known = `oakum-known=${ann.cookies.get("oakum-known")}`;
    expect(await tries(1201, "203.0.113.9")).toBe(429);
    // Nobody is told by what they say of themselves.
    expect(await tries(1, "198.51.100.7")).toBe(429);
    const forged = [known.slice(0, -1), known.replace(/=./, "=_"), "oakum-known=x.y", "oakum-known="];
    for (const cookie of forged) expect([cookie, await tries(1, "203.0.113.9", cookie)]).toEqual([cookie, 429]);
    expect(await tries(1, "203.0.113.9", known)).toBe(302);
    expect(await tries(30, "203.0.113.9", known)).toBe(429);
    clock += 60_000;
    expect(await tries(1, "203.0.113.9")).toBe(302);
  });
});

test("only our own form logs out, and then the session is over", async () => {
  const ann = new Browser("ann");
  await ann.logIn();
  const post = (token: string) =>
    ann.get("/logout", {
      method: "POST",
      body: new URLSearchParams({ token }),
      headers: { origin: "http://evil.example" },
    });
  for (const token of ["", "x"]) expect((await post(token)).status).toBe(403);
  expect((await post("x".repeat(2000))).status).toBe(413);
  const kept = new Map(ann.cookies);
  const [, token = ""] = /name="token" value="([0-9a-f]{64})"/.exec(await ann.text("/")) ?? [];
  const answer = await post(token);
  expect([answer.status, answer.headers.get("location")]).toEqual([303, "/logged-out"]);
  expect((await ann.get("/")).status).toBe(401);
  for (const [name, value] of kept) ann.cookies.set(name, value);
  expect((await ann.get("/")).status).toBe(302);
});

test.each([
  ["/repositories/acme/open?page=2", true],
  ["/search?q=%2F%2Fevil.example", true],
  ["//evil.example", false],
  ["/\\evil.example", false],
  ["/%09/evil.example", true],
  ["/\t/evil.example", false],
  ["/\n//evil.example", false],
  ["https://evil.example", false],
  ["javascript:alert(1)", false],
  ["\\\\evil.example", false],
  ["/a\\..\\..//evil.example", false],
  ["/login?return=/login", false],
  ["/logout", false],
  ["", false],
  [`/${"x".repeat(3000)}`, false],
])("after a login %j is gone back to: %j", (path, isTaken) => {
  expect(safePath(path)).toBe(isTaken ? path : "/");
  expect(new URL(safePath(path), "http://oakum.test").origin).toBe("http://oakum.test");
});
