import fc from "fast-check";
import { expect, test } from "vitest";
import { parseChallenges } from "../../../src/registry/oci/challenge.ts";

const read = (header: string | string[] | undefined) =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

test.each<[string | string[] | undefined, unknown]>([
  [undefined, []],
  ["", []],
  ["Basic", [["basic", {}]]],
  ['Basic realm="a, b=\\"c\\""', [["basic", { realm: 'a, b="c"' }]]],
  ["BEARER Realm=https,SERVICE=r", [["bearer", { realm: "https", service: "r" }]]],
  ['Bearer realm="https://a/token" , service = "r"', [["bearer", { realm: "https://a/token", service: "r" }]]],
  [
    'Basic realm="x", Bearer realm="y",scope="repository:a:pull,push"',
    [
      ["basic", { realm: "x" }],
      ["bearer", { realm: "y", scope: "repository:a:pull,push" }],
    ],
  ],
  [
    ["Basic realm=x", "Bearer realm=y"],
    [
      ["basic", { realm: "x" }],
      ["bearer", { realm: "y" }],
    ],
  ],
  [
    "Negotiate, Basic realm=x",
    [
      ["negotiate", {}],
      ["basic", { realm: "x" }],
    ],
  ],
  ['realm="nobody\'s", Basic', [["basic", {}]]],
])("%j", (header, expected) => {
  expect(read(header)).toEqual(expected);
});

test("a long or broken header is read without trouble", () => {
  expect(parseChallenges(`Basic ${'a="'.repeat(100_000)}`).length).toBeLessThan(10_000);
  fc.assert(fc.property(fc.string(), (text) => Array.isArray(parseChallenges(text))));
});

test("what is written well is read as written", () => {
  const token = fc.stringMatching(/^[a-z]{1,8}$/);
  const parameters = fc.dictionary(token, fc.string({ unit: "grapheme-ascii" }), { minKeys: 1, noNullPrototype: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(token, parameters), { maxLength: 4 }), (challenges) => {
      const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
      const header = challenges
        .map(
          ([scheme, values]) =>
            `${scheme} ${Object.entries(values)
              .map(([key, value]) => `${key}=${quoted(value)}`)
              .join(", ")}`,
        )
        .join(", ");
      expect(read(header)).toEqual(challenges);
    }),
  );
});
