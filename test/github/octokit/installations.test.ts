import nock from "nock";
import { describe, expect, test } from "vitest";
import { API, mockApp, mockedGitHub, useNock } from "./mocked-github.ts";

useNock();

const acme = { id: 1, login: "Acme" };
const renamed = { id: 1, login: "acme-inc" };
const squatter = { id: 66, login: "acme" };
const accounts = { acme, renamed, squatter };

function mockIdentity(owner: object): void {
  nock(API).get("/app").reply(200, { id: 7, slug: "oakum", owner });
}

describe("an account is served", () => {
  test.each<[string, readonly (string | number)[] | undefined, readonly (keyof typeof accounts)[]]>([
    ["as the App's owner, whatever it is called", undefined, ["acme", "renamed"]],
    ["by its login, whoever has it", ["ACME"], ["acme", "squatter"]],
    ["by its id, whatever it is called", [1], ["acme", "renamed"]],
    ["by neither", [2, "1", "other"], []],
  ])("%s", async (_, listed, expected) => {
    if (listed === undefined) mockIdentity({ id: 1, login: "acme" });
    const isServed = await mockedGitHub({ accounts: listed }).installations.served();
    const served = Object.entries(accounts).filter(([, account]) => isServed(account));
    expect(served.map(([name]) => name)).toEqual(expected);
  });
});

test("only installations of served accounts are listed, suspended ones too", async () => {
  const installed = (id: number, account: object | null, suspended: string | null = null) => ({
    ...{ id, account, suspended_at: suspended },
  });
  nock(API)
    .get("/app/installations?per_page=100")
    .reply(200, [
      installed(12, squatter),
      installed(13, { id: 1, slug: "acme", name: "An enterprise" }),
      installed(14, null),
      installed(15, renamed, "2026-03-01T00:00:00Z"),
      installed(11, renamed),
    ]);
  expect(await Array.fromAsync(mockedGitHub({ accounts: [1] }).installations.list())).toEqual([15, 11]);
});

test("an enterprise's App serves nobody until it is said whom", async () => {
  mockIdentity({ id: 1, slug: "acme" });
  await expect(mockedGitHub().installations.served()).rejects.toMatchObject({ code: "INPUT" });
});

describe("custom properties", () => {
  const id = { host: "github.com", installation: 11, repository: 5 };
  const listed = { id: 5, name: "shop", owner: acme, default_branch: "main", private: false, archived: false };

  test.each<[what: string, listed: unknown, asked: unknown, properties: object | undefined]>([
    ["as the list says", { tier: "pci", unset: null }, undefined, { tier: "pci" }],
    ["as the repository says where a list has none", undefined, { tier: ["a", "b"] }, { tier: ["a", "b"] }],
    ["unknown where nobody says any", undefined, undefined, undefined],
    ["unknown where they are no properties", undefined, { tier: 7 }, undefined],
  ])("are %s", async (_, inList, asked, properties) => {
    mockApp();
    nock(API)
      .get("/installation/repositories?per_page=1")
      .reply(200, { total_count: 1, repositories: [{ ...listed, custom_properties: inList }] });
    if (inList === undefined)
      nock(API)
        .get("/repos/Acme/shop")
        .reply(200, { ...listed, custom_properties: asked });
    const found = await mockedGitHub().installations.repository(id);
    expect(found).toMatchObject({ owner: "Acme", name: "shop" });
    expect(found?.properties).toEqual(properties);
  });
});
