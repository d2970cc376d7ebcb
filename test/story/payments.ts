import { describe, expect, test } from "vitest";
import { dockerfile, type Ended, expectBody, ownChecks, transitionsOf } from "./ended.ts";
import { builtOf, factsAbout, git, namedBy, noticesIn, runningOn } from "./seen.ts";

/** The repository whose base image gets a fix: from the pull request to production. */
export function paymentsChapter(ended: () => Ended): void {
  describe("payments, which is patched", () => {
    const seen = () => ended().seen.payments;
    const pull = () => seen().pulls[0]!;

    test("one small pull request, with evidence", async () => {
      const { world } = ended();
      expect(seen().pulls).toHaveLength(1);
      expect(pull()).toMatchObject({
        number: 1,
        title: "Update base 1.4 to its newest digest",
        head: expect.stringMatching(/^oakum\/main\/base-[0-9a-f]{8}$/),
        base: "main",
        draft: false,
        author: "oakum[bot]",
        labels: ["security", "known-exploited"],
        comments: [],
      });
      const [before, after] = await Promise.all([dockerfile(seen(), "~1"), dockerfile(seen(), "")]);
      const to = await namedBy(world, "library/base", "1.4");
      expect(after).toBe(before.replace(/(?<=^ARG BASE=.*@)sha256:\w+/m, to));
      expect(after).not.toBe(before);
      expect(await git(seen(), "diff", "--name-only", `${pull().headSha}~1`, pull().headSha)).toBe("Dockerfile\n");
      const from = /ARG BASE=\S+@(\S+)/.exec(before)?.[1] ?? "";
      expectBody(pull(), { from, to, findings: ["CVE-2026-31001", "CVE-2026-31002", "CVE-2026-31005"] });
      expect(pull().body).toMatch(/fixed by this change \| \*\*2\*\* \| 0 \| \*\*1\*\* \| 0 \|/);
      expect(pull().body).toContain("- [ ] then: `staging` → `production`");
    });

    test("rebuilt once, judged once", () => {
      expect(seen().runs).toMatchObject([
        { event: "push", branch: "main", conclusion: "success" },
        {
          event: "workflow_dispatch",
          branch: pull().head,
          headSha: pull().headSha,
          actor: "oakum[bot]",
          conclusion: "success",
        },
        { event: "push", branch: "main", headSha: pull().mergeCommit, conclusion: "success" },
      ]);
      expect(ownChecks(seen())).toMatchObject([
        {
          name: "oakum",
          headSha: pull().headSha,
          status: "completed",
          conclusion: "success",
          title: "Pass: 3 fixed, 0 introduced, 1 remaining",
          annotations: [],
        },
      ]);
    });

    test("merged: the head that was judged and nothing else", async () => {
      const { mergeCommit, headSha, ...merged } = pull();
      expect(merged).toMatchObject({ state: "closed", mergedBy: "oakum[bot]" });
      expect(seen().refs).toEqual({ "refs/heads/main": mergeCommit, "refs/pull/1/head": headSha });
      expect(await git(seen(), "diff", "--name-only", headSha, mergeCommit!)).toBe("");
      const cause = factsAbout(ended().facts, seen()).find(({ transition }) => transition === "merged")?.cause;
      expect(cause).toBe(headSha);
    });

    test("the release goes to staging, and when that is verified to production", async () => {
      const { world } = ended();
      const { deployments } = seen();
      const digest = await builtOf(world, "payments", pull().mergeCommit!);
      const image = `${new URL(world.urls.registry).host}/acme/payments@${digest}`;
      const word = (creator: string, state: string, description: string) => ({ creator, state, description });
      expect(deployments.map(({ environment }) => environment)).toEqual(["staging", "production"]);
      for (const { environment, sha, creator, payload, statuses } of deployments) {
        expect({ sha, creator }).toEqual({ sha: pull().mergeCommit, creator: "oakum[bot]" });
        expect(payload.oakum).toMatchObject({ image, target: "payments" });
        expect(statuses).toMatchObject([
          word("acme-delivery", "in_progress", "rolling update: in_progress"),
          word("acme-delivery", "success", "rolling update: success"),
          word("oakum[bot]", "success", `verified: runs ${digest?.slice(0, 19)}, healthy, scanned again`),
        ]);
        expect(await runningOn(world, "payments", environment)).toEqual({ digests: [digest], healthy: true });
      }
      const onLedger = ended().facts.map(({ subject, transition }) => `${subject.split("/").at(-2)} ${transition}`);
      expect(onLedger.indexOf("staging confirmed")).toBeGreaterThan(-1);
      expect(onLedger.indexOf("staging confirmed")).toBeLessThan(onLedger.indexOf("production deploying begun"));
    });

    test("all of it is on the ledger, and the channel hears how it ended", async () => {
      expect(transitionsOf(ended(), "payments", "pull:")).toEqual([
        ...["pushed intended", "pushed", "opened intended", "opened", "build requested"],
        ...["verdict pass intended", "verdict pass", "merged intended", "merged"],
        ...["branch deleted intended", "branch deleted"],
      ]);
      expect(transitionsOf(ended(), "payments", "release:")).toEqual(["released"]);
      const target = [
        ...["granted", "deploying begun", "deployed intended", "deployed", "soaking"],
        ...["reported intended", "reported", "confirmed"],
      ];
      expect(transitionsOf(ended(), "payments", "target:").toSorted()).toEqual([...target, ...target].toSorted());
      const notices = await noticesIn(ended().world);
      expect(new Set(notices.map(({ key }) => key)).size).toBe(notices.length);
      expect(notices.map(({ title }) => title).toSorted()).toEqual([
        "acme/payments, production: the release is confirmed",
        "acme/payments, staging: the release is confirmed",
      ]);
    });

    test("every use is current now", async () => {
      const uses = (await ended().oakum.uses())["acme/payments"];
      expect(uses?.map(({ path, line, state }) => `${path}:${line} ${state}`)).toEqual([
        "Dockerfile:4 current",
        "Dockerfile:9 current",
      ]);
    });
  });
}
