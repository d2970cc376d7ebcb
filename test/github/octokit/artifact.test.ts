import { deflateRawSync } from "node:zlib";
import nock from "nock";
import { describe, expect, test } from "vitest";
import { writeZip } from "../../../sandbox/github/artifact/zip.ts";
import { unpack } from "../../../src/github/octokit/artifact.ts";
import { API, mockApp, mockedGitHub, useNock, web } from "./mocked-github.ts";

const MiB = 1024 * 1024;
const text = new TextDecoder();

/** The zip file with `find` replaced by `replacement`, of the same length, wherever it stands. */
function altered(zip: Buffer, find: Buffer, replacement: Buffer): Buffer {
  const copy = Buffer.from(zip);
  for (let at = copy.indexOf(find); at !== -1; at = copy.indexOf(find, at + 1)) replacement.copy(copy, at);
  return copy;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

describe("a zip file", () => {
  test("is unpacked, its folders left out", async () => {
    const files = await unpack(writeZip({ "images.json": "{}", "log/": "", "log/build.txt": "ok" }));
    expect([...files].map(([path, bytes]) => [path, text.decode(bytes)])).toEqual([
      ["images.json", "{}"],
      ["log/build.txt", "ok"],
    ]);
  });

  const small = writeZip({ "images.json": "{}" });
  const rename = (name: string) => altered(small, Buffer.from("images.json"), Buffer.from(name));
  const bomb = "0".repeat(4 * MiB);
  const hostile: readonly [string, Buffer][] = [
    ["that leads out of its folder", rename("../../e.txt")],
    ["with an absolute path", rename("/etc/passwd")],
    ["with a back slash", rename("a\\..\\b.json")],
    [
      "with a file twice",
      altered(writeZip({ "aaa.json": "1", "bbb.json": "2" }), Buffer.from("bbb"), Buffer.from("aaa")),
    ],
    ["of too many files", writeZip(Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`${i}.txt`, ""])))],
    ["that inflates to too much", writeZip({ a: bomb, b: bomb, c: "one more" })],
    ["that inflates to more than it says", altered(writeZip({ a: bomb }), uint32(bomb.length), uint32(2))],
    ["that is cut off", small.subarray(0, 40)],
    ["that is none", Buffer.from("<html>not found</html>")],
    ["that is empty", Buffer.alloc(0)],
  ];
  test.each(hostile)("%s is INPUT", async (_, zip) => {
    await expect(unpack(zip)).rejects.toMatchObject({ code: "INPUT" });
  });

  test("of a thousandfold bomb is small, as the limits are what stops it", () => {
    expect(deflateRawSync(bomb).byteLength).toBeLessThan(MiB / 100);
  });
});

describe("an artifact", () => {
  useNock();
  const ACTIONS = "/repos/acme/web/actions";
  const STORAGE = "https://storage.example";
  const artifact = { id: 8, name: "oakum-build", expired: false };
  const list = (artifacts: object[]) =>
    nock(API).get(`${ACTIONS}/runs/3/artifacts?name=oakum-build`).reply(200, { total_count: 1, artifacts });
  const redirect = (location: string) => nock(API).get(`${ACTIONS}/artifacts/8/zip`).reply(302, "", { location });
  const read = () => mockedGitHub().workflows.artifact(web, 3, "oakum-build");

  test("is fetched from GitHub's storage without our token", async () => {
    mockApp();
    list([artifact]);
    redirect(`${STORAGE}/8?signature=s`);
    nock(STORAGE, { badheaders: ["authorization"] })
      .get("/8?signature=s")
      .reply(200, writeZip({ "images.json": "{}" }));
    expect([...((await read()) ?? [])].map(([path]) => path)).toEqual(["images.json"]);
  });

  test.each([
    ["expired", [{ ...artifact, expired: true }]],
    ["of another name", [{ ...artifact, name: "oakum" }]],
  ])("that is %s is none", async (_, artifacts) => {
    mockApp();
    list(artifacts);
    expect(await read()).toBeUndefined();
  });

  test.each([
    ["plain http", "http://storage.example/8", "DENIED"],
    ["a file", "file:///etc/passwd", "DENIED"],
    ["no address", "8.zip", "UNAVAILABLE"],
  ])("is not fetched from %s", async (_, location, code) => {
    mockApp();
    list([artifact]);
    redirect(location);
    await expect(read()).rejects.toMatchObject({ code });
  });

  test("whose storage leads on elsewhere is UNAVAILABLE", async () => {
    mockApp();
    list([artifact]);
    redirect(`${STORAGE}/8`);
    nock(STORAGE).get("/8").reply(302, "", { location: "http://169.254.169.254/" });
    await expect(read()).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});
