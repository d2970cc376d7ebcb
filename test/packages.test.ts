import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

interface Locked {
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly dev?: boolean;
  readonly license?: string;
}

const read = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), "utf8");
const manifest = JSON.parse(read("package.json")) as Record<string, Record<string, string> | undefined>;
const { packages } = JSON.parse(read("package-lock.json")) as { readonly packages: Record<string, Locked> };
const all = Object.entries(packages).filter(([path]) => path !== "");
const running = all.filter(([, { dev }]) => dev !== true);

describe("the packages that we use", () => {
  test("are of exact versions, each with the hash of what is in it", () => {
    const kinds = ["dependencies", "devDependencies", "optionalDependencies"].map((kind) => manifest[kind] ?? {});
    const versions = kinds.flatMap((kind) => Object.values(kind));
    expect(versions.length).toBeGreaterThan(20);
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
    expect(all.filter(([, { integrity = "" }]) => !integrity.startsWith("sha512-")).map(([path]) => path)).toEqual([]);
  });

  test("run nothing when they are installed", () => {
    expect(running.filter(([, one]) => one.hasInstallScript).map(([path]) => path)).toEqual([]);
    // What only developers have is not asked either.
    expect(read(".npmrc").split("\n")).toContain("ignore-scripts=true");
  });

  test("are few where Oakum runs, and of licences that anyone may use", () => {
    expect(running.length).toBeGreaterThan(20);
    expect(running.length).toBeLessThan(120);
    const allowed = /^\(?(MIT|Apache-2\.0|ISC|BSD-[23]-Clause|0BSD)\b/;
    expect(running.filter(([, { license = "" }]) => !allowed.test(license)).map(([path]) => path)).toEqual([]);
  });
});
