import { describe, expect, test } from "vitest";
import { Shop } from "./shop.ts";

const shop = Shop.forThisFile();
const place = { owner: "acme", name: "shop" };

function say(number: number, login: string, body: string): Promise<{ readonly id: number }> {
  return shop.world.order("POST", "comments", { ...place, number, login, body });
}

describe("comments", () => {
  test("are listed with who wrote them, and whether they were changed", async () => {
    const { pull } = await shop.open("oakum/main/talk");
    const { comments } = shop.github;
    expect(await comments.list(shop.repository, pull.number, undefined)).toEqual({ comments: [], whole: true });
    const { id } = await say(pull.number, "ann", "first");
    await say(pull.number, "helper[bot]", "second");
    const before = await comments.list(shop.repository, pull.number, undefined);
    expect(before).toMatchObject({
      whole: true,
      comments: [
        { id, body: "first", edited: false, author: { login: "ann", isPerson: true } },
        { body: "second", author: { login: "helper[bot]", isPerson: false } },
      ],
    });
    await shop.world.order("POST", "clock", { advance: 5 });
    await shop.world.order("PATCH", `comments/${id}`, { login: "ann", body: "other" });
    await say(pull.number, "bob", "third");
    const since = new Date(Date.parse(before.comments[0]?.at ?? "") + 4000).toISOString();
    const news = await comments.list(shop.repository, pull.number, since);
    expect(news.comments.map(({ body, edited }) => [body, edited])).toEqual([
      ["other", true],
      ["third", false],
    ]);
  });

  test("are read to an end, page by page", async () => {
    const { pull } = await shop.open("oakum/main/loud");
    for (let n = 1; n <= 301; n += 1) await say(pull.number, "ann", String(n));
    const { comments, whole } = await shop.github.comments.list(shop.repository, pull.number, undefined);
    expect([comments.length, comments.at(-1)?.body, whole]).toEqual([300, "300", false]);
  });

  test("are answered by a reaction, which stands once, or in words", async () => {
    const { pull } = await shop.open("oakum/main/answered");
    const { id } = await say(pull.number, "ann", "/oakum rebase");
    const { comments } = shop.github;
    for (const reaction of ["yes", "yes", "puzzled"] as const) await comments.react(shop.repository, id, reaction);
    await comments.write(shop.repository, pull.number, "No.");
    const { data } = await shop.world.octokit().rest.issues.listComments({
      ...{ owner: "acme", repo: "shop", issue_number: pull.number },
    });
    expect(
      data.map(({ body, user, reactions }) => [body, user?.login, reactions?.["+1"], reactions?.confused]),
    ).toEqual([
      ["/oakum rebase", "ann", 1, 1],
      ["No.", "oakum[bot]", 0, 0],
    ]);
    const gone = comments.react(shop.repository, 1, "yes");
    await expect(gone).rejects.toMatchObject({ code: "DENIED" });
  });

  test("and pulls say when the conversation has changed", async () => {
    const { pull } = await shop.open("oakum/main/changed");
    await shop.world.order("POST", "clock", { advance: 5 });
    await say(pull.number, "ann", "hello");
    const now = await shop.github.pulls.get(shop.repository, pull.number);
    expect(now.comments).toBe(1);
    expect(Date.parse(now.updatedAt)).toBeGreaterThan(Date.parse(pull.updatedAt));
  });
});

describe("a description", () => {
  test("has the person or App that changed it last, and nobody at first", async () => {
    const { pull } = await shop.open("oakum/main/described");
    const editor = () => shop.github.comments.editor(shop.repository, pull.number);
    expect(await editor()).toBeUndefined();
    await shop.world.order("POST", "pulls/edit", { ...place, number: pull.number, login: "ann", body: "hers" });
    expect(await editor()).toMatchObject({
      author: { login: "ann", id: expect.any(Number), isPerson: true },
      body: "hers",
    });
    await shop.github.pulls.update(shop.repository, pull.number, { body: "ours" });
    expect(await editor()).toMatchObject({ author: { isPerson: false }, body: "ours" });
  });
});

test("who may write is asked of GitHub", async () => {
  const mayWrite = (login: string) => shop.github.comments.mayWrite(shop.repository, login);
  for (const permission of ["read", "triage", "write", "maintain", "admin"] as const) {
    await shop.world.order("POST", "collaborators", { ...place, login: "eve", permission });
    expect(await mayWrite("eve")).toBe(["write", "maintain", "admin"].includes(permission));
  }
  expect([await mayWrite("passer-by"), await mayWrite("oakum[bot]")]).toEqual([false, false]);
});
