import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { refused, shop, TestWorld } from "./world.ts";

const main = new URL("../../../sandbox/github/main.ts", import.meta.url).pathname;

describe("the process", () => {
  const state = mkdtempSync(join(tmpdir(), "oakum-github-"));
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children) child.kill("SIGKILL");
    rmSync(state, { recursive: true, force: true });
  });

  async function start(): Promise<{ child: ChildProcess; url: string }> {
    const child = spawn(process.execPath, [main, "--state", state], { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    const [line] = (await once(createInterface({ input: child.stdout! }), "line")) as [string];
    const { ready, url } = JSON.parse(line) as { ready: boolean; url: string };
    expect(ready).toBe(true);
    return { child, url };
  }

  const order = async (url: string, method: string, path: string, body?: unknown) =>
    (
      await fetch(`${url}/_sandbox/${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    ).json();

  test("continues where it was after kill -9, also with a torn journal and references astray on disk", async () => {
    const first = await start();
    const { id } = (await order(first.url, "POST", "repositories", {
      owner: "acme",
      name: "shop",
      files: { a: "1" },
    })) as { id: number };
    await order(first.url, "POST", "commits", { owner: "acme", name: "shop", message: "m", files: { b: "2" } });
    const before = await order(first.url, "GET", "state");
    first.child.kill("SIGKILL");
    await once(first.child, "exit");
    appendFileSync(join(state, "journal.jsonl"), '[["ref","torn');
    writeFileSync(join(state, "repositories", `${id}.git`, "refs/heads/main"), `${"9".repeat(40)}\n`);
    writeFileSync(join(state, "repositories", `${id}.git`, "refs/heads/astray"), `${"9".repeat(40)}\n`);

    const second = await start();
    expect(await order(second.url, "GET", "state")).toEqual(before);
    const git = spawn("git", ["-C", join(state, "repositories", `${id}.git`), "for-each-ref", "--format=%(refname)"]);
    const [output] = (await once(git.stdout, "data")) as [Buffer];
    expect(output.toString()).toBe("refs/heads/main\n");
    second.child.kill("SIGTERM");
    expect(await once(second.child, "exit")).toEqual([0, null]);
  });
});

describe("faults", () => {
  let world: TestWorld;
  beforeEach(async () => {
    world = await TestWorld.start();
  });
  afterEach(() => world.stop());

  test("answer in place of GitHub, as often as ordered", async () => {
    const respond = {
      method: "GET",
      path: "^/repos/[^/]+/shop$",
      status: 403,
      headers: { "retry-after": "1" },
      body: { message: "slow down" },
      times: 2,
    };
    await world.order("POST", "faults", { respond });
    const get = () => world.octokit().rest.repos.get(shop);
    expect(await refused(get())).toMatchObject({ status: 403, headers: { "retry-after": "1" } });
    expect(await refused(get())).toMatchObject({ status: 403 });
    expect((await get()).status).toBe(200);
    await world.order("POST", "faults", { respond });
    await world.order("DELETE", "faults");
    expect((await get()).status).toBe(200);
  });

  test("kill the process that asked, after its n-th change: the change is there, the answer is not", async () => {
    const { data } = await world
      .app()
      .rest.apps.createInstallationAccessToken({ installation_id: world.installationId });
    const script = `
      const call = (method, path, body) => fetch(process.argv[1] + path, { method, headers: { authorization: "Bearer " + process.argv[2] }, body: JSON.stringify(body) });
      process.stdin.once("data", async () => {
        for (const name of ["one", "two", "three"]) {
          await call("GET", "/repos/acme/shop");
          await call("POST", "/repos/acme/shop/labels", { name, color: "nonsense", unknown: 1 });
          await call("POST", "/repos/acme/shop/labels", { name, color: "ffffff" });
          console.log(name);
        }
      });`;
    const child = spawn(process.execPath, ["-e", script, world.github.url, data.token], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk;
    });
    await world.order("POST", "faults", { kill: { pid: child.pid, after: 2 } });
    child.stdin.write("go\n");
    expect(await once(child, "close")).toEqual([null, "SIGKILL"]);
    expect(said).toBe("one\n");
    const { data: labels } = await world.octokit().rest.issues.listLabelsForRepo(shop);
    expect(labels.map((label) => label.name)).toEqual(["one", "two"]);
  });

  test("a transaction that fails leaves nothing behind", async () => {
    await world.webhooks();
    const before = await world.order("GET", "state");
    expect(
      await refused(world.octokit().rest.git.createRef({ ...shop, ref: "refs/heads/x", sha: "1".repeat(40) })),
    ).toMatchObject({ status: 422 });
    await expect(world.order("POST", "repositories", { owner: "acme", name: "shop" })).rejects.toThrow(/422/);
    expect(await world.order("GET", "state")).toEqual(before);
  });

  test("orders that cannot be followed say why", async () => {
    await expect(world.order("POST", "nonsense", {})).rejects.toThrow(/404/);
    await expect(world.order("POST", "commits", { owner: "acme" })).rejects.toThrow(/name/);
  });

  test("the log tells who asked for what", async () => {
    await world.octokit().rest.repos.get(shop);
    const { requests } = await world.order<{ requests: object[] }>("GET", "requests");
    expect(requests.at(-1)).toEqual({
      method: "GET",
      path: "/repos/acme/shop",
      status: 200,
      actor: "oakum[bot]",
      operation: "repos/get",
    });
  });
});
