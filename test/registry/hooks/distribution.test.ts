import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isAppError } from "../../../src/core/errors.ts";
import { createDistributionHook } from "../../../src/registry/hooks/distribution.ts";

const TOKEN = "a-long-shared-secret";
const AUTHORIZATION = `Bearer ${TOKEN}`;
const hook = createDistributionHook({ registry: "registry.acme.example:5000", token: TOKEN });
const trusted = new Headers({ authorization: AUTHORIZATION });

const push = (repository: unknown, tag?: unknown) => ({
  id: "1",
  action: "push",
  target: { mediaType: "m", digest: `sha256:${"a".repeat(64)}`, repository, tag },
  request: { host: "evil.example" },
});
const envelope = (...events: unknown[]) => Buffer.from(JSON.stringify({ events }));
const image = (repository: string, tag: string) => ({ registry: "registry.acme.example:5000", repository, tag });

test("a push of two platforms names its tag once, under the configured registry, without a digest", () => {
  const body = envelope(
    push("team/app"),
    push("team/app"),
    push("team/app", "1.2"),
    push("team/app", "1.2"),
    push("team/web", "2"),
  );
  expect(hook.parse(trusted, body)).toEqual([image("team/app", "1.2"), image("team/web", "2")]);
});

test.each([
  ["a pull", { ...push("team/app", "1"), action: "pull" }],
  ["a mount", { ...push("team/app", "1"), action: "mount" }],
  ["a blob", push("team/app")],
  ["no target", { action: "push" }],
  ["a name that is none", push("../../app", "1")],
  ["a name with a tag in it", push("team/app:1", "2")],
  ["a tag with a digest in it", push("team/app", `1@sha256:${"a".repeat(64)}`)],
  ["a tag that is none", push("team/app", "-")],
  ["numbers", push(1, 2)],
])("%s is passed over", (_, event) => {
  expect(hook.parse(trusted, envelope(event, push("team/app", "ok")))).toEqual([image("team/app", "ok")]);
});

describe("the sender", () => {
  test.each([
    ["no secret", new Headers()],
    ["another secret", new Headers({ authorization: `${AUTHORIZATION}x` })],
    ["an empty secret", new Headers({ authorization: "" })],
  ])("with %s is denied before anything is parsed", (_, headers) => {
    for (const body of [envelope(push("team/app", "1")), Buffer.from("not JSON")]) {
      expect(() => hook.parse(headers, body)).toThrow(expect.objectContaining({ code: "DENIED" }));
    }
  });
});

test.each([
  ["no JSON", Buffer.from("{")],
  ["no envelope", Buffer.from("[]")],
  ["too many events", envelope(...Array.from({ length: 1_001 }, () => push("a", "1")))],
  ["too many bytes", Buffer.from(JSON.stringify({ events: [], filler: "x".repeat(1024 * 1024) }))],
])("%s is INPUT", (_, body) => {
  expect(() => hook.parse(trusted, body)).toThrow(expect.objectContaining({ code: "INPUT" }));
});

test("hostile bodies are references or INPUT, never a crash", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        fc.json().map((json) => `{"events":[{"action":"push","target":${json}}]}`),
      ),
      (body) => {
        try {
          expect(Array.isArray(hook.parse(trusted, Buffer.from(body)))).toBe(true);
        } catch (error) {
          expect(isAppError(error, "INPUT")).toBe(true);
        }
      },
    ),
  );
});
