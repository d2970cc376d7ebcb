import { describe, expect, test } from "vitest";
import { repositoryKey } from "../../../src/core/repository.ts";
import { appId, files } from "../../sandbox/github/world.ts";
import { repositoriesOf, Shop } from "./shop.ts";

const shop = Shop.forThisFile();

describe("installations", () => {
  test("list what the App may see, by id and name", () => {
    expect(shop.repository).toEqual({
      host: "github.test",
      installation: shop.world.installationId,
      repository: shop.world.repositoryId,
      owner: "acme",
      name: "shop",
      defaultBranch: "main",
      private: false,
      properties: {},
      archived: false,
    });
  });

  test("find a repository by its id, whatever its name was", async () => {
    expect(await shop.github.installations.repository(shop.repository)).toEqual(shop.repository);
  });

  test("tell the custom properties of a repository, listed or asked for", async () => {
    const { installations } = shop.github;
    const properties = { tier: "pci", teams: ["payments", "web"] };
    const id = shop.repository.repository;
    await shop.world.order("PATCH", `repositories/${id}`, { properties });
    expect(await installations.repository(shop.repository)).toEqual({ ...shop.repository, properties });
    expect(await repositoriesOf(shop.github)).toContainEqual({ ...shop.repository, properties });
    await shop.world.order("PATCH", `repositories/${id}`, { properties: {} });
  });

  test.each([
    ["repository", { repository: 999_999 }],
    ["installation", { installation: 999_999 }],
  ])("know no other %s", async (_, other) => {
    const { installations } = shop.github;
    expect(await installations.repository({ ...shop.repository, ...other })).toBeUndefined();
  });
});

test("the heads of many repositories are named at once, and those that GitHub does not know by their names left out", async () => {
  const { repository, github, world } = shop;
  const { installation } = repository;
  const other = await world.order("POST", "repositories", { owner: "acme", name: "other", files });
  const empty = await world.order("POST", "repositories", { owner: "acme", name: "empty", files });
  await world.order("POST", "branches/delete", { owner: "acme", name: "empty", branch: "main", login: "acme" });
  const named = (name: string, id: unknown) => ({ ...repository, name, repository: Number((id as { id: number }).id) });
  const all = [
    repository,
    named("other", other),
    named("empty", empty),
    named("gone", { id: 1 }),
    named("other", { id: 2 }),
  ];
  const many = [...Array(250).fill(named("gone", { id: 1 })), ...all, { ...repository, defaultBranch: "trunk" }];
  const heads = await github.installations.heads(installation, many);
  expect(heads.size).toBe(3);
  expect(heads.get(repositoryKey(repository))).toBe(await shop.headOf("main"));
  expect(heads.get(repositoryKey(named("other", other)))).toMatch(/^[0-9a-f]{40}$/);
  expect(heads.has(repositoryKey(named("empty", empty)))).toBe(true);
  expect(heads.get(repositoryKey(named("empty", empty)))).toBeUndefined();
});

describe("trees", () => {
  test("hold every file, and its bytes by their id", async () => {
    const entries = await shop.github.trees.tree(shop.repository, await shop.headOf("main"));
    expect(entries.map(({ path }) => path).toSorted()).toEqual(Object.keys(files).toSorted());
    const file = entries.find(({ path }) => path === "Dockerfile");
    if (file === undefined) throw new Error("no Dockerfile");
    expect(Buffer.from(await shop.github.trees.blob(shop.repository, file.sha)).toString()).toBe(files.Dockerfile);
    expect(file).toMatchObject({ mode: "100644", size: files.Dockerfile.length });
  });

  test("give many files at once, byte for byte, also those that are no text", async () => {
    const { branches, trees } = shop.github;
    const written = ["\uFEFFFROM node:22\r\n", "FROM a\n", "FROM b\n", "", "é\u0000", "x".repeat(600_000)];
    const changes = written.map((content, index) => ({ path: `many/${index}`, mode: "100644", content }) as const);
    const commit = await branches.commit(shop.repository, await shop.headOf("main"), changes, "Many files");
    const entries = (await trees.tree(shop.repository, commit)).filter(({ path }) => path.startsWith("many/"));
    const read = await trees.blobs(shop.repository, [...entries, ...entries]);
    const texts = entries.map(({ path, sha }) => [path, Buffer.from(read.get(sha) ?? "missing").toString()]);
    expect(Object.fromEntries(texts)).toEqual(
      Object.fromEntries(written.map((text, index) => [`many/${index}`, text])),
    );
  });

  test("are whole where GitHub truncates them", async () => {
    const head = await shop.headOf("main");
    const whole = await shop.github.trees.tree(shop.repository, head);
    await shop.world.order("POST", "limits", { tree: 3 });
    const walked = await shop.github.trees
      .tree(shop.repository, head)
      .finally(() => shop.world.order("POST", "limits", { tree: 100_000 }));
    expect(new Set(walked)).toEqual(new Set(whole));
  });

  test("have no head where there is no branch", async () => {
    expect(await shop.github.trees.head(shop.repository, "oakum/none")).toBeUndefined();
  });
});

describe("branches", () => {
  test("are made, moved without a common history, and deleted, under a lease", async () => {
    const branch = "oakum/main/lease";
    const first = await shop.push(branch, "FROM node:22.1\n");
    expect(await shop.github.branches.matching(shop.repository, "oakum/main/le")).toEqual(
      new Map([[branch, first.head]]),
    );
    expect(await shop.github.branches.changes(shop.repository, first.head)).toEqual({
      parents: [first.base],
      files: ["Dockerfile"],
    });
    const second = await shop.push(branch, "FROM node:22.2\n");
    expect(await shop.headOf(branch)).toBe(second.head);
    await expect(shop.github.branches.move(shop.repository, branch, first.base, first.head)).rejects.toMatchObject({
      code: "CONFLICT",
    });
    await expect(shop.github.branches.move(shop.repository, branch, undefined, first.head)).rejects.toMatchObject({
      code: "CONFLICT",
    });
    expect(await shop.headOf(branch)).toBe(second.head);
    await shop.github.branches.move(shop.repository, branch, second.head, undefined);
    expect(await shop.github.trees.head(shop.repository, branch)).toBeUndefined();
    await shop.github.branches.move(shop.repository, branch, second.head, undefined);
  });

  test("keep what the commit does not touch, and the commit is GitHub's own, signed", async () => {
    const { head } = await shop.push("oakum/main/signed", "FROM node:22.3\n");
    const entries = await shop.github.trees.tree(shop.repository, head);
    expect(entries.map(({ path }) => path).toSorted()).toEqual(Object.keys(files).toSorted());
    const { data } = await shop.world.octokit().rest.repos.getCommit({ owner: "acme", repo: "shop", ref: head });
    expect(data.commit.verification?.verified).toBe(true);
    expect(data.author?.login).toBe("oakum[bot]");
  });

  test("say what they require, whether rulesets or protection ask for it", async () => {
    const none = { requiredChecks: [], strict: false, approvals: 0, methods: ["merge", "squash"], queue: false };
    expect(await shop.github.branches.rules(shop.repository, "main")).toMatchObject(none);
    const place = { owner: "acme", name: "guarded" };
    await shop.world.order("POST", "repositories", { ...place, files });
    const requiredChecks = [{ context: "oakum", app: appId }, { context: "lint" }];
    await shop.world.order("POST", "rulesets", { ...place, requiredChecks });
    const parameters = {
      required_approving_review_count: 2,
      dismiss_stale_reviews_on_push: false,
      require_code_owner_review: true,
      require_last_push_approval: false,
      required_review_thread_resolution: false,
    };
    const rules = [{ type: "pull_request", parameters }, { type: "required_linear_history" }];
    await shop.world.order("POST", "rulesets", { ...place, kind: "protection", rules });
    const guarded = (await repositoriesOf(shop.github)).find(({ name }) => name === "guarded");
    if (guarded === undefined) throw new Error("not seen");
    expect(await shop.github.branches.rules(guarded, "main")).toMatchObject({
      requiredChecks,
      approvals: 2,
      reviews: ["code owners"],
      linear: true,
    });
    const reserve = { ...place, branch: "oakum/**", rules: [{ type: "creation" }] };
    await shop.world.order("POST", "rulesets", { ...reserve, bypass: ["oakum[bot]"] });
    expect(await shop.github.branches.pushRules(guarded, "oakum/main/x")).toEqual([]);
    await shop.world.order("POST", "rulesets", reserve);
    expect(await shop.github.branches.pushRules(guarded, "oakum/main/x")).toEqual(["creation"]);
  });
});
