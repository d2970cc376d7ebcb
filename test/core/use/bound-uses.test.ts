import { expect, test } from "vitest";
import { boundUses } from "../../../src/core/use/bound-uses.ts";
import { use } from "../plan/plan-world.ts";

test("a repository that names a few images keeps all of its uses", () => {
  const uses = [
    use("alpine"),
    use("alpine:latest"),
    use("scratch@sha256:", "b/Dockerfile"),
    use("node:22", "c/Dockerfile"),
  ];
  expect(boundUses(uses)).toEqual({ uses, problems: [] });
});

test("one that names too many keeps the first, and each file hears of the others once", () => {
  const first = Array.from({ length: 1_000 }, (_, index) => use(`image-${index}:1`, "a/Dockerfile"));
  const beyond = [
    use("one-more:1", "b/Dockerfile"),
    use("image-7:2", "b/Dockerfile"),
    use("two-more:1", "c/Dockerfile"),
  ];
  const known = use("image-999:1", "d/Dockerfile");
  const { uses, problems } = boundUses([...first, ...beyond, known]);
  expect(uses).toEqual([...first, known]);
  expect(problems.map(({ path, reason }) => `${path} ${reason.code}`)).toEqual([
    "b/Dockerfile too-many-images",
    "c/Dockerfile too-many-images",
  ]);
});

test("uses of one image are many before they are too many", () => {
  const uses = Array.from({ length: 20_001 }, () => use("alpine"));
  const bounded = boundUses(uses);
  expect(bounded.uses).toHaveLength(20_000);
  expect(bounded.problems).toHaveLength(1);
});
