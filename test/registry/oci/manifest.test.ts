import fc from "fast-check";
import { expect, test } from "vitest";
import { isAppError } from "../../../src/core/errors.ts";
import { parseConfig, parseManifest } from "../../../src/registry/oci/manifest.ts";
import { parseToken } from "../../../src/registry/oci/token.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;
const DESCRIPTOR = { mediaType: "m", digest: DIGEST, size: 1 };
const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

test("null stands for nothing, and unknown keys are left out", () => {
  const entry = {
    ...DESCRIPTOR,
    platform: { os: "linux", architecture: "arm", variant: null },
    annotations: null,
    urls: ["x"],
  };
  expect(parseManifest(bytes({ schemaVersion: 2, manifests: [entry], annotations: null, extra: 1 }))).toEqual({
    kind: "index",
    manifests: [{ ...DESCRIPTOR, platform: { os: "linux", architecture: "arm" } }],
  });
});

test.each([
  ["schema 1", { schemaVersion: 1, fsLayers: [] }],
  ["both kinds at once", { schemaVersion: 2, manifests: [], config: DESCRIPTOR, layers: [] }],
  ["neither kind", { schemaVersion: 2 }],
  ["no schema version", { manifests: [] }],
  ["another kind of digest", { schemaVersion: 2, manifests: [{ ...DESCRIPTOR, digest: "sha256:zz" }] }],
  ["a path for a digest", { schemaVersion: 2, config: { ...DESCRIPTOR, digest: "../x" }, layers: [] }],
  ["a negative size", { schemaVersion: 2, manifests: [{ ...DESCRIPTOR, size: -1 }] }],
  ["a list", []],
  ["nothing", null],
])("%s is no manifest", (_, value) => {
  expect(() => parseManifest(bytes(value))).toThrow(expect.objectContaining({ code: "INPUT" }));
});

test("annotations cannot reach a prototype", () => {
  const body = Buffer.from('{"schemaVersion":2,"manifests":[],"annotations":{"__proto__":"x","constructor":"y"}}');
  const { annotations } = parseManifest(body);
  expect(Object.getPrototypeOf(annotations)).toBe(Object.prototype);
  expect({}.constructor).toBe(Object);
});

test("hostile bytes are INPUT and quoted nowhere", () => {
  const hostile = fc.oneof(fc.uint8Array(), fc.json().map(Buffer.from), fc.constant(Buffer.from("[".repeat(500_000))));
  fc.assert(
    fc.property(hostile, (body) => {
      for (const parse of [parseManifest, parseConfig, parseToken]) {
        try {
          parse(body);
        } catch (error) {
          expect(isAppError(error, "INPUT"), String(error)).toBe(true);
        }
      }
    }),
  );
  expect(() => parseToken(Buffer.from("secret"))).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining("secret") }),
  );
});
