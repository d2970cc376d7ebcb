import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";
import { startAdvisories } from "../../sandbox/osv/server.ts";
import { compareDebianVersions } from "../../sandbox/osv/version.ts";

describe("compareDebianVersions", () => {
  it.each([
    ["1.0", "1.0.1"],
    ["1.9", "1.10"],
    ["9", "1:1"],
    ["1.0~rc1", "1.0"],
    ["1.0~~", "1.0~"],
    ["1.0", "1.0+b1"],
    ["1.0a", "1.0+b1"],
    ["1.0-1", "1.0-2"],
    ["1.0-1~deb12u1", "1.0-1"],
    ["1.0-1", "1.0-1+deb12u1"],
    ["1.0-1", "1.0.1-1"],
    ["3.0.15-1~deb12u1", "3.0.17-1~deb12u2"],
    ["1:1.2.13.dfsg-1", "1:1.2.13.dfsg-1+deb12u1"],
    ["0", "0.1"],
  ])("%s is before %s", (one, other) => {
    expect(Math.sign(compareDebianVersions(one, other))).toBe(-1);
    expect(Math.sign(compareDebianVersions(other, one))).toBe(1);
  });

  it("holds versions equal that dpkg holds equal", () => {
    for (const [one, other] of [
      ["1.0", "0:1.0"],
      ["1.0", "1.0-0"],
      ["1.02", "1.2"],
    ] as const) {
      expect(compareDebianVersions(one, other)).toBeCloseTo(0);
    }
  });

  it("is an order", () => {
    const version = fc.stringMatching(/^(\d:)?\d[0-9a-z.+~]{0,6}(-[0-9a-z~]{1,3})?$/);
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        const sign = (one: string, other: string) => Math.sign(compareDebianVersions(one, other));
        expect(sign(a, b) + sign(b, a)).toBe(0);
        if (sign(a, b) <= 0 && sign(b, c) <= 0) expect(sign(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

async function started() {
  const folder = await mkdtemp(join(tmpdir(), "oakum-osv-"));
  const events = [{ introduced: "1.0" }, { fixed: "1.5" }, { introduced: "2.0" }, { fixed: "2.5" }];
  for (const id of ["A-1", "A-2", "A-3"]) {
    const affected = [{ package: { ecosystem: "Debian:12", name: "a" }, ranges: [{ type: "ECOSYSTEM", events }] }];
    const exploited = { upstream: [`CVE-${id}`], database_specific: { known_exploited: id === "A-2" } };
    await writeFile(join(folder, `${id}.json`), JSON.stringify({ id, modified: "2026", affected, ...exploited }));
  }
  const server = await startAdvisories(folder);
  onTestFinished(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });
  const query = async (queries: readonly unknown[]) => {
    const answer = await fetch(`${server.url}/v1/querybatch`, { method: "POST", body: JSON.stringify({ queries }) });
    return { status: answer.status, body: (await answer.json()) as { results: object[] } };
  };
  const get = async (path: string) => {
    const answer = await fetch(server.url + path);
    return { status: answer.status, body: (await answer.json()) as { results: object[] } };
  };
  return { query, get };
}

const PACKAGE = { ecosystem: "Debian:12", name: "a" };

describe("startAdvisories", () => {
  it("answers each query in order, in pages", async () => {
    const { query } = await started();
    const vulns = ["A-1", "A-2", "A-3"].map((id) => ({ id, modified: "2026" }));
    expect(
      await query([
        { package: PACKAGE, version: "1.5" },
        { package: PACKAGE, version: "2.1" },
      ]),
    ).toEqual({
      status: 200,
      body: { results: [{}, { vulns: vulns.slice(0, 2), next_page_token: "2" }] },
    });
    expect(await query([{ package: PACKAGE, version: "2.1", page_token: "2" }])).toMatchObject({
      body: { results: [{ vulns: [vulns[2]] }] },
    });
  });

  it.each<[version: string | undefined, affected: boolean]>([
    ["0.9", false],
    ["1.0", true],
    ["1.5", false],
    ["2.4", true],
    ["2.5", false],
    [undefined, true],
  ])("says whether version %s is affected: %s", async (version, affected) => {
    const { query } = await started();
    const { body } = await query([
      { package: PACKAGE, version },
      { package: { ...PACKAGE, name: "b" }, version },
    ]);
    expect(body.results.map((result) => "vulns" in result)).toEqual([affected, false]);
  });

  it("refuses what OSV refuses", async () => {
    const { query, get } = await started();
    expect(await query(Array(1001).fill({ package: PACKAGE, version: "1" }))).toMatchObject({ status: 400 });
    expect(await query([{ version: "1" }])).toMatchObject({ status: 400 });
    expect(await query([{ package: { name: "a" }, version: "1" }])).toMatchObject({ status: 400 });
    expect(await get("/v1/vulns/A-9")).toMatchObject({ status: 404 });
  });

  it("serves advisories, and those that are exploited as CISA's list", async () => {
    const { get } = await started();
    expect(await get("/v1/vulns/A-1")).toMatchObject({ status: 200, body: { id: "A-1" } });
    expect(await get("/kev.json")).toEqual({ status: 200, body: { vulnerabilities: [{ cveID: "CVE-A-2" }] } });
  });
});
