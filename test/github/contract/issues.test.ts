import { expect, test } from "vitest";
import { Shop } from "./shop.ts";

const shop = Shop.forThisFile();

test("issues are written, changed, and found again by who wrote them", async () => {
  const { issues } = shop.github;
  const created = await issues.create(shop.repository, { title: "Report", body: "One" });
  expect(created).toMatchObject({ state: "open", title: "Report", body: "One" });
  await issues.update(shop.repository, created.number, { body: "Two" });
  expect(await issues.get(shop.repository, created.number)).toMatchObject({ title: "Report", body: "Two" });

  const theirs = { owner: "acme", name: "shop", login: "octocat", title: "Report", body: "Two" };
  const { number } = await shop.world.order<{ number: number }>("POST", "issues", theirs);
  expect(await issues.get(shop.repository, number)).toBeUndefined();
  expect(await issues.get(shop.repository, 999)).toBeUndefined();
  const { pull } = await shop.open("oakum/main/beside");
  expect(await issues.get(shop.repository, pull.number)).toBeUndefined();
  expect((await issues.ours(shop.repository)).map((one) => one.number)).toEqual([created.number]);

  await shop.world.order("POST", "issues/close", {
    owner: "acme",
    name: "shop",
    login: "octocat",
    number: created.number,
  });
  expect(await issues.ours(shop.repository)).toMatchObject([{ number: created.number, state: "closed" }]);
});

test("all of ours are found, however many pull requests are among them", async () => {
  const { issues } = shop.github;
  const first = await issues.create(shop.repository, { title: "The first", body: "" });
  for (let number = 0; number < 101; number += 1) {
    await issues.create(shop.repository, { title: `Later ${number}`, body: "" });
  }
  const found = await issues.ours(shop.repository);
  expect(found.length).toBeGreaterThan(101);
  expect(found.some(({ number }) => number === first.number)).toBe(true);
});
