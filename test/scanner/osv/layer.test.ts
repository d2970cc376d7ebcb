import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { AppError } from "../../../src/core/errors.ts";
import { type LayerLimits, readLayer } from "../../../src/scanner/osv/layer.ts";
import { type ArchiveEntry, COMPRESSIONS, streamOf, tarOf } from "./archive.ts";

const TAR = "application/vnd.oci.image.layer.v1.tar";
const LONG = `opt/${"long/".repeat(40)}db`;
const WANTED = {
  isFile: (path: string) => ["var/db", "usr/db", LONG].includes(path) || path.startsWith("var/d/"),
  isAbove: (path: string) => ["", "var", "usr", "var/d"].includes(path),
};
const ROOMY: LayerLimits = { kept: 1e6, unpacked: 1e6, entries: 1e6 };

async function read(entries: readonly ArchiveEntry[], limits: Partial<LayerLimits> = {}) {
  const { files, removed, opaque } = await readLayer(streamOf(await tarOf(...entries)), { mediaType: TAR }, WANTED, {
    ...ROOMY,
    ...limits,
  });
  return { files: Object.fromEntries(files), removed: [...removed], opaque: [...opaque] };
}

describe("readLayer", () => {
  it.each(Object.entries(COMPRESSIONS))("reads %s", async (mediaType, compress) => {
    const blob = compress(await tarOf(["var/db", "packages"], ["var/other", "x".repeat(50_000)]));
    expect((await readLayer(streamOf(blob), { mediaType }, WANTED)).files).toEqual(new Map([["var/db", "packages"]]));
  });

  it.each<[title: string, entries: readonly ArchiveEntry[], files: Record<string, string>]>([
    ["absolute", [["/var/db", "a"]], { "var/db": "a" }],
    ["relative", [["./var/db", "a"]], { "var/db": "a" }],
    ["roundabout", [["x/../var/./db", "a"]], { "var/db": "a" }],
    ["above the root", [["../../var/db", "a"]], { "var/db": "a" }],
    ["long (PAX)", [[LONG, "a"]], { [LONG]: "a" }],
    [
      "twice",
      [
        ["var/db", "a"],
        ["var/db", "b"],
      ],
      { "var/db": "b" },
    ],
    [
      "hard-linked",
      [
        ["var/db", "a"],
        ["usr/db", { type: "link", linkname: "./var/db" }],
      ],
      { "var/db": "a", "usr/db": "a" },
    ],
    [
      "linked to one that is read",
      [
        ["usr/db", "a"],
        ["var/db", { type: "symlink", linkname: "../usr/db" }],
      ],
      { "usr/db": "a" },
    ],
    ["linked to one by its full path", [["var/db", { type: "symlink", linkname: "/usr/db" }]], {}],
    ["a folder", [["var/db", { type: "directory" }]], {}],
    ["a device", [["var/db", { type: "character-device" }]], {}],
    [
      "under a folder that then is none",
      [
        ["var/d/x", "a"],
        ["var/d", { type: "symlink", linkname: "/x" }],
      ],
      {},
    ],
    ["empty", [["var/db", ""]], { "var/db": "" }],
    ["in no file", [], {}],
  ])("finds a file whose path is %s", async (_, entries, files) => {
    expect((await read(entries)).files).toEqual(files);
  });

  it.each<[title: string, entries: readonly ArchiveEntry[], removed: string[], opaque: string[]]>([
    ["a whiteout of the file", [["var/.wh.db", ""]], ["var/db"], []],
    ["a whiteout of a folder above", [[".wh.var", ""]], ["var"], []],
    ["an opaque folder", [["var/.wh..wh..opq", ""]], [], ["var"]],
    ["an opaque root", [[".wh..wh..opq", ""]], [], [""]],
    ["a file in place of a folder above", [["var", "now a file"]], ["var"], []],
    ["a link in place of a folder above", [["var", { type: "symlink", linkname: "usr" }]], ["var"], []],
    ["a folder in place of the file", [["var/db", { type: "directory" }]], ["var/db"], []],
    [
      "nothing of interest",
      [
        ["opt/.wh.x", ""],
        ["opt/.wh..wh..opq", ""],
        ["var", { type: "directory" }],
      ],
      [],
      [],
    ],
  ])("notes %s", async (_, entries, removed, opaque) => {
    expect(await read(entries)).toEqual({ files: {}, removed, opaque });
  });

  it.each<[title: string, entries: readonly ArchiveEntry[], limits: Partial<LayerLimits>]>([
    ["more entries than are read", Array.from({ length: 4 }, (_, at) => [`x${at}`, ""] as const), { entries: 3 }],
    ["unpacks to more than is read", [["x", "a".repeat(5000)]], { unpacked: 4000 }],
    [
      "package database is larger than is read",
      [
        ["var/d/1", "a".repeat(600)],
        ["var/d/2", "a".repeat(600)],
      ],
      { kept: 2000 },
    ],
    [
      "package database is larger than is read",
      Array.from({ length: 9 }, (_, at) => [`var/d/${at}`, ""] as const),
      { kept: 4000 },
    ],
    [
      "package database is larger than is read",
      Array.from({ length: 9 }, (_, at) => [`var/d/.wh.${at}`, ""] as const),
      { kept: 4000 },
    ],
    [
      "package database is larger than is read",
      Array.from({ length: 9 }, () => ["var/d", { type: "symlink", linkname: "x" }] as const),
      { kept: 4000 },
    ],
    [
      // 160 notes are 82,500 bytes; that 80 links each look through 80 files is what goes beyond.
      "package database is larger than is read",
      [
        ...Array.from({ length: 80 }, (_, at) => [`var/d/${at}`, ""] as const),
        ...Array.from({ length: 80 }, () => ["usr", { type: "symlink", linkname: "x" }] as const),
      ],
      { kept: 88_000 },
    ],
    ["link to a file that is not looked for", [["var/db", { type: "link", linkname: "etc/x" }]], {}],
    ["link to a file that is not looked for", [["var/db", { type: "symlink", linkname: "status-old" }]], {}],
  ])("refuses a layer: %s", async (message, entries, limits) => {
    await expect(read(entries, limits)).rejects.toMatchObject({
      code: "INPUT",
      message: expect.stringContaining(message),
    });
  });

  it("keeps to its limits in a bomb", async () => {
    const blob = gzipSync(await tarOf(["x", "a".repeat(20_000_000)]));
    expect(blob.length).toBeLessThan(100_000);
    const reading = readLayer(streamOf(blob), { mediaType: `${TAR}+gzip` }, WANTED, { ...ROOMY, unpacked: 1e5 });
    await expect(reading).rejects.toMatchObject({ code: "INPUT" });
  });

  it.each(Object.entries(COMPRESSIONS))("refuses half a layer of %s", async (mediaType, compress) => {
    const blob = compress(await tarOf(["var/db", "packages".repeat(1000)]));
    const half = blob.subarray(0, blob.length / 2);
    await expect(readLayer(streamOf(half), { mediaType }, WANTED)).rejects.toMatchObject({
      code: "INPUT",
      message: "the layer is no whole archive of its type",
    });
  });

  it.each([TAR, `${TAR}+gzip`, `${TAR}+zstd`])("refuses garbage that calls itself %s", async (mediaType) => {
    const reading = readLayer(streamOf(Buffer.alloc(5000, "garbage")), { mediaType }, WANTED);
    await expect(reading).rejects.toMatchObject({ code: "INPUT" });
  });

  it("lets go of a blob of a type that it does not know", async () => {
    let cancelled = false;
    const blob = new ReadableStream<Uint8Array>({
      cancel: () => {
        cancelled = true;
      },
    });
    await expect(readLayer(blob, { mediaType: "text/plain" }, WANTED)).rejects.toMatchObject({ code: "INPUT" });
    expect(cancelled).toBe(true);
  });

  it("tells a registry that went away from a layer that is broken", async () => {
    const error = new AppError("UNAVAILABLE", "the registry went away");
    for (const [mediaType, compress] of Object.entries(COMPRESSIONS)) {
      const blob = compress(await tarOf(["var/db", "a"], ["x", "b".repeat(50_000)]));
      const broken = streamOf(blob.subarray(0, blob.length - 300), error);
      await expect(readLayer(broken, { mediaType }, WANTED)).rejects.toBe(error);
      // What comes after the archive counts too: that is where the digest is checked.
      await expect(readLayer(streamOf(blob, error), { mediaType }, WANTED)).rejects.toBe(error);
    }
  });
});
