import { describe, expect, test } from "vitest";
import { Shop } from "./shop.ts";

const shop = Shop.forThisFile();
const merge = { title: "Merge", method: "merge" } as const;

describe("pulls", () => {
  test("are opened once, labelled, changed, listed and closed by us", async () => {
    const { pull, head } = await shop.open("oakum/main/once");
    expect(pull).toMatchObject({
      branch: "oakum/main/once",
      head,
      headRepository: shop.repository.repository,
      base: "main",
    });
    const again = shop.github.pulls.open(shop.repository, { branch: pull.branch, base: "main", title: "t", body: "b" });
    await expect(again).rejects.toMatchObject({ code: "CONFLICT" });
    await shop.github.pulls.label(shop.repository, pull.number, ["security", "oakum"]);
    await shop.github.pulls.update(shop.repository, pull.number, { body: "More" });
    expect(await shop.github.pulls.list(shop.repository, pull.branch, "open")).toMatchObject([
      { number: pull.number, body: "More", labels: ["security", "oakum"], state: "open" },
    ]);
    await shop.github.pulls.update(shop.repository, pull.number, { state: "closed" });
    expect(await shop.github.pulls.list(shop.repository, pull.branch, "open")).toEqual([]);
    expect(await shop.github.pulls.list(shop.repository, pull.branch, "all")).toMatchObject([{ state: "closed" }]);
    expect(await shop.github.pulls.closing(shop.repository, pull.number)).toMatchObject({
      ...{ by: "us", openedByUs: true },
      who: { login: "oakum[bot]" },
    });
  });

  test.each([
    ["octocat", "write", "writer"],
    ["keeper", "maintain", "writer"],
    ["sorter", "triage", "other"],
    ["other[bot]", undefined, "other"],
  ])("that %s closed, whose role is %s, were closed by: %s", async (login, permission, closer) => {
    const place = { owner: "acme", name: "shop" };
    const { pull } = await shop.open(`oakum/main/closed-by-${login.replaceAll(/\W/g, "")}`);
    if (permission !== undefined) await shop.world.order("POST", "collaborators", { ...place, login, permission });
    await shop.world.order("POST", "pulls/close", { ...place, number: pull.number, login });
    expect(await shop.github.pulls.get(shop.repository, pull.number)).toMatchObject({ state: "closed", merged: false });
    expect(await shop.github.pulls.closing(shop.repository, pull.number)).toMatchObject({
      ...{ by: closer, openedByUs: true },
      who: { login, id: expect.any(Number) },
    });
  });

  test("follow their branch, and have the reviews of people", async () => {
    const { pull, head } = await shop.open("oakum/main/reviewed");
    const review = { owner: "acme", name: "shop", number: pull.number, login: "octocat", state: "COMMENTED" };
    await shop.world.order("POST", "reviews", review);
    const moved = await shop.push(pull.branch, "FROM node:22.4\n");
    expect(await shop.github.pulls.get(shop.repository, pull.number)).toMatchObject({ head: moved.head });
    expect(await shop.github.pulls.reviews(shop.repository, pull.number)).toMatchObject([
      { user: "octocat", state: "commented", commit: head },
    ]);
  });

  test("tell what they change, and who opened them", async () => {
    const { pull, head } = await shop.open("oakum/main/files", "FROM node:22.9\nRUN true\n");
    expect(pull.author).toBe("oakum[bot]");
    const [file, ...others] = await shop.github.pulls.files(shop.repository, pull.number, head);
    expect(others).toEqual([]);
    expect(file).toMatchObject({ path: "Dockerfile", removed: false });
    expect(file?.patch).toContain("+FROM node:22.9");
    expect(String(Buffer.from(await shop.github.trees.blob(shop.repository, file?.sha ?? "")))).toContain("node:22.9");
  });

  test("are merged by exactly the expected head", async () => {
    const { pull, head } = await shop.open("oakum/main/merged");
    await shop.settled(pull.number);
    const wrong = shop.github.pulls.merge(shop.repository, pull.number, { ...merge, head: await shop.headOf("main") });
    await expect(wrong).rejects.toMatchObject({ code: "CONFLICT" });
    const merged = await shop.github.pulls.merge(shop.repository, pull.number, { ...merge, head });
    expect(await shop.headOf("main")).toBe(merged);
    expect(await shop.github.pulls.get(shop.repository, pull.number)).toMatchObject({
      merged: true,
      mergeCommit: merged,
    });
    expect(await shop.github.pulls.merge(shop.repository, pull.number, { ...merge, head })).toBe(merged);
  });

  test("that conflict are not merged", async () => {
    const { pull, head } = await shop.open("oakum/main/conflict", "FROM node:22-conflict\n");
    const change = { owner: "acme", name: "shop", files: { Dockerfile: "FROM busybox\n" }, message: "Away" };
    await shop.world.order("POST", "commits", change);
    expect(await shop.settled(pull.number)).toMatchObject({ mergeable: false });
    await expect(shop.github.pulls.merge(shop.repository, pull.number, { ...merge, head })).rejects.toMatchObject({
      code: "DENIED",
    });
  });
});
