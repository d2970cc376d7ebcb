import { describe, expect, test } from "vitest";
import { dockerfile, type Ended, expectBody, ownChecks, transitionsOf } from "./ended.ts";
import { builtOf, git, namedBy, runningOn } from "./seen.ts";

/** The repository whose new base brings a critical finding: proposed, and stopped. */
export function searchChapter(ended: () => Ended): void {
  describe("search, whose new base brings something worse", () => {
    const seen = () => ended().seen.search;
    const pull = () => seen().pulls[0]!;

    test("one pull request, which says that it must not be merged", async () => {
      expect(seen().pulls).toHaveLength(1);
      expect(pull()).toMatchObject({
        number: 1,
        title: "Update runtime 3.2 to its newest digest",
        head: expect.stringMatching(/^oakum\/main\/runtime-[0-9a-f]{8}$/),
        state: "open",
        labels: ["security", "high"],
        mergedBy: null,
      });
      const from = /@(\S+)/.exec(await dockerfile(seen(), "~1"))?.[1] ?? "";
      const to = await namedBy(ended().world, "library/runtime", "3.2");
      expectBody(pull(), { from, to, findings: ["CVE-2026-31003", "CVE-2026-31004"] });
      expect(pull().body).toContain("**Do not merge.** The change introduces findings at or above the gate");
    });

    test("the check run fails at the line that names the base", () => {
      expect(ownChecks(seen())).toMatchObject([
        {
          headSha: pull().headSha,
          status: "completed",
          conclusion: "failure",
          annotations: [{ path: "Dockerfile", start_line: 1, message: expect.stringContaining("CVE-2026-31003") }],
        },
      ]);
    });

    test("nothing goes any further", async () => {
      const { world } = ended();
      const main = seen().refs["refs/heads/main"]!;
      expect(await git(seen(), "rev-list", "--count", main)).toBe("1\n");
      expect(seen().deployments).toEqual([]);
      const built = await builtOf(world, "search", main);
      for (const environment of ["staging", "production"]) {
        expect(await runningOn(world, "search", environment)).toEqual({ digests: [built], healthy: true });
      }
      expect(transitionsOf(ended(), "search", "pull:")).toEqual([
        ...["pushed intended", "pushed", "opened intended", "opened", "build requested"],
        ...["verdict fail intended", "verdict fail"],
      ]);
    });
  });
}
