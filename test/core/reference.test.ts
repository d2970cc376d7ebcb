import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  formatReference,
  type ImageReference,
  imageKey,
  isDigest,
  isSamePlatform,
  parseReference,
  rewriteReference,
  sameReference,
} from "../../src/core/reference.ts";
import { digestOf, references } from "./arbitraries.ts";

const d = digestOf("a");
const hex = "0123456789abcdef".repeat(4);

const NORMALISED: readonly (readonly [written: string, full: string])[] = [
  ["node", "docker.io/library/node"],
  ["node:22-alpine", "docker.io/library/node:22-alpine"],
  [`node@${d}`, `docker.io/library/node@${d}`],
  [`node:22@${d}`, `docker.io/library/node:22@${d}`],
  ["docker.io/node", "docker.io/library/node"],
  ["index.docker.io/node", "docker.io/library/node"],
  ["index.docker.io/acme/node", "docker.io/acme/node"],
  ["docker.io/library/node", "docker.io/library/node"],
  ["library/node", "docker.io/library/node"],
  ["acme/app", "docker.io/acme/app"],
  ["acme/team/app:1", "docker.io/acme/team/app:1"],
  ["ghcr.io/acme/app:1", "ghcr.io/acme/app:1"],
  ["ghcr.io/app", "ghcr.io/app"],
  ["quay.io:443/acme/app", "quay.io:443/acme/app"],
  [`127.0.0.1:5071/library/base:3.19@${d}`, `127.0.0.1:5071/library/base:3.19@${d}`],
  ["localhost/app", "localhost/app"],
  ["localhost:5000/app:1.2", "localhost:5000/app:1.2"],
  ["localhost:5000", "docker.io/library/localhost:5000"],
  ["registry:5000/app", "registry:5000/app"],
  ["Registry/app", "Registry/app"],
  ["foo/bar.baz:1", "docker.io/foo/bar.baz:1"],
  ["[2001:db8::1]:5000/app", "[2001:db8::1]:5000/app"],
  ["a__b/c--d.e_f", "docker.io/a__b/c--d.e_f"],
  ["app:_Build.1-x", "docker.io/library/app:_Build.1-x"],
  [`a:${"t".repeat(128)}`, `docker.io/library/a:${"t".repeat(128)}`],
  [`ghcr.io/${"r".repeat(255)}`, `ghcr.io/${"r".repeat(255)}`],
];

const REFUSED = [
  "",
  "/",
  ":tag",
  "Node",
  "acme/App",
  " node",
  "node ",
  "node:",
  "node@",
  "node:-x",
  "node:a:b",
  "node:a/b",
  "node:22\n",
  "node:$TAG",
  "a//b",
  "a/",
  "/a",
  "a___b",
  "a.-b",
  "-a",
  "a..b",
  "https://ghcr.io/acme/app",
  "user@ghcr.io/acme/app",
  "ghcr.io:/acme/app",
  "-ghcr.io/acme/app",
  "ghcr..io/acme/app",
  "::1/app",
  "münchen.de/app",
  "ghcr.io/Acme/app",
  hex,
  `node@sha256:${hex.slice(1)}`,
  `node@sha256:${hex.toUpperCase()}`,
  `node@sha512:${hex}${hex}`,
  `node@md5:${hex.slice(32)}`,
  `node@${d}:22`,
  `node@${d}@${d}`,
];

const TOO_LONG = [
  `a:${"t".repeat(129)}`,
  `ghcr.io/${"r".repeat(256)}`,
  `${"a.".repeat(5_000)}io/app`,
  "a-".repeat(500_000),
];

describe("parseReference", () => {
  test.each(NORMALISED)("%s is %s", (written, full) => {
    const reference = parseReference(written);
    expect(reference && formatReference(reference)).toBe(full);
  });

  test("tells host, repository, tag and digest apart", () => {
    expect(parseReference(`127.0.0.1:5071/library/base:3.19@${d}`)).toEqual({
      registry: "127.0.0.1:5071",
      repository: "library/base",
      tag: "3.19",
      digest: d,
    });
    expect(parseReference("node")).toEqual({ registry: "docker.io", repository: "library/node" });
  });

  test.each(REFUSED.map((text) => [text]))("%j is no reference", (text) => {
    expect(parseReference(text)).toBeUndefined();
  });

  test("refuses what is too long to be one", () => {
    for (const text of TOO_LONG) expect(parseReference(text)).toBeUndefined();
  });

  test("reads back what formatReference writes", () => {
    fc.assert(
      fc.property(references(), (reference) => {
        expect(parseReference(formatReference(reference))).toEqual(reference);
      }),
    );
  });

  test("normalises once: what it read, written and read again, is the same", () => {
    const pieces = fc.constantFrom(
      "docker.io/",
      "localhost/",
      "Host/",
      "a",
      "b1",
      "/",
      ":",
      "5000",
      ".",
      "_",
      "-",
      "@",
      d,
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const reference = parseReference(parts.join(""));
        if (reference !== undefined) expect(parseReference(formatReference(reference))).toEqual(reference);
      }),
    );
  });
});

describe("rewriteReference", () => {
  const other = digestOf("b");
  const cases: readonly (readonly [
    text: string,
    tag: string | undefined,
    digest: string | undefined,
    written: string,
  ])[] = [
    ["node:22", "24", undefined, "node:24"],
    ["node:22", "24", d, `node:24@${d}`],
    ["node", "latest", d, `node:latest@${d}`],
    [`node:22@${d}`, "22", other, `node:22@${other}`],
    [`library/node:22@${d}`, "24", undefined, "library/node:24"],
    [`docker.io/node@${d}`, "22", other, `docker.io/node:22@${other}`],
    ["index.docker.io/library/node:22", "24", undefined, "index.docker.io/library/node:24"],
    ["localhost:5000/app:1", "2", undefined, "localhost:5000/app:2"],
    ["localhost:5000/app", "2", undefined, "localhost:5000/app:2"],
    ["node:22", undefined, undefined, "node"],
  ];

  test.each(cases)("%s to tag %s and digest %s is %s", (text, tag, digest, written) => {
    const from = parseReference(text)!;
    const to: ImageReference = {
      registry: from.registry,
      repository: from.repository,
      ...(tag !== undefined && { tag }),
      ...(digest !== undefined && isDigest(digest) && { digest }),
    };
    expect(rewriteReference(text, from, to)).toBe(written);
    expect(parseReference(written)).toEqual(to);
  });

  test("never changes the registry or the repository", () => {
    const from = parseReference("node:22")!;
    expect(rewriteReference("node:22", from, parseReference("acme/node:22")!)).toBeUndefined();
    expect(rewriteReference("node:22", from, parseReference("ghcr.io/library/node:22")!)).toBeUndefined();
  });

  test("writes nothing over a text that reads otherwise", () => {
    const from = parseReference("node:22")!;
    expect(rewriteReference("node:20", from, parseReference("node:24")!)).toBeUndefined();
    expect(rewriteReference("node:$V", from, parseReference("node:24")!)).toBeUndefined();
  });

  test("reads as intended, whatever is intended", () => {
    fc.assert(
      fc.property(references(), references(), (from, version) => {
        const { tag, digest } = version;
        const { registry, repository } = from;
        const to = { registry, repository, ...(tag && { tag }), ...(digest && { digest }) };
        expect(parseReference(rewriteReference(formatReference(from), from, to) ?? "")).toEqual(to);
      }),
    );
  });
});

test("imageKey is registry and repository", () => {
  expect(imageKey(parseReference(`node:22@${d}`)!)).toBe("docker.io/library/node");
});

test("sameReference compares every part", () => {
  const all = ["node", "node:latest", `node@${d}`, `node:latest@${d}`, "ghcr.io/node", "acme/node"].map(
    (text) => parseReference(text)!,
  );
  for (const a of all) expect(all.filter((b) => sameReference(a, { ...b }))).toEqual([a]);
});

test("isDigest wants sha256 in lower case", () => {
  expect(isDigest(`sha256:${hex}`)).toBe(true);
  for (const text of ["", hex, `sha256:${hex}0`, `sha256:${hex.toUpperCase()}`, `sha512:${hex}`, ` sha256:${hex}`]) {
    expect(isDigest(text)).toBe(false);
  }
});

describe("platforms", () => {
  const linux = (architecture: string, variant?: string) => ({
    os: "linux",
    architecture,
    ...(variant && { variant }),
  });

  test.each([
    [linux("arm64"), linux("arm64", "v8"), true],
    [linux("arm"), linux("arm", "v7"), true],
    [linux("arm", "7"), linux("arm", "v7"), true],
    [linux("amd64"), linux("amd64", "v1"), true],
    [linux("amd64"), linux("amd64", "v3"), false],
    [linux("arm", "v6"), linux("arm"), false],
    [linux("riscv64"), linux("riscv64"), true],
    [linux("amd64"), { os: "windows", architecture: "amd64" }, false],
  ])("%j and %j: %s", (one, other, same) => {
    expect(isSamePlatform(one, other)).toBe(same);
    expect(isSamePlatform(other, one)).toBe(same);
  });
});
