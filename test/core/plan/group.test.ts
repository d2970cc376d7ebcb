import { expect, it } from "vitest";
import { withPolicies } from "../../../src/core/plan/group.ts";
import { group, node, policy, update, use } from "../samples.ts";

const to = node("24.3.1-slim", "77b4");
const changes = ["a/Dockerfile", "b/Dockerfile"].map((path) => ({ use: use(path, 1), to }));

it("puts a group under the policies of now, and apart what they tell apart", () => {
  const stale = group([update({ changes })]);
  const strict = { ...policy, merge: "never" } as const;
  const asked: unknown[] = [];
  const fresh = withPolicies(stale, (subject) => {
    asked.push(subject);
    return subject.path.startsWith("a/") ? strict : policy;
  });
  expect(fresh).toEqual({
    ...stale,
    updates: [update({ policy: strict, changes: changes.slice(0, 1) }), update({ changes: changes.slice(1) })],
  });
  expect(asked).toContainEqual({
    image: "docker.io/library/node",
    path: "a/Dockerfile",
    kind: "dockerfile",
    change: "patch",
    urgency: "normal",
  });
  expect(withPolicies(stale, () => policy)).toEqual(stale);
});
