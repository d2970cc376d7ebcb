import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkout, jsonLines, oakum } from "./checkout.ts";

const ROOT = join(import.meta.dirname, "..", "fixtures", "repositories");

interface Listed {
  readonly path: string;
  readonly line: number;
  readonly manager: string;
  readonly role: string;
  readonly resolved: string | null;
  readonly text: string;
  readonly reference: { readonly [part: string]: string | null } | null;
  readonly platform: string | null;
  readonly within: string | null;
  readonly state: string;
  readonly reason: string;
  readonly message: string;
}

/** `path:line manager role image (platform) [within] state reason: sentence`, as far as there is something to tell. */
function describeUse(use: Listed): string {
  const { registry, repository, tag, digest } = use.reference ?? {};
  const version = `${tag ? `:${tag}` : ""}${digest ? `@${digest.slice(0, 15)}…` : ""}`;
  const image = use.reference === null ? use.text : `${registry}/${repository}${version}`;
  const where = [use.platform && `(${use.platform})`, use.within && `[${use.within}]`];
  const detail = /\(([^()]*)\)$/.exec(use.message)?.[1];
  const why = use.state === "unknown" ? [] : [use.state, use.reason, detail && `(${detail})`];
  const role = use.role === "workload" ? "" : use.role;
  return [`${use.path}:${use.line}`, use.manager, role, image, ...where, ...why].filter(Boolean).join(" ");
}

/** Elsewhere: the configuration of this repository ignores what stands here. */
function copyOf(folder: string): Promise<string> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  return checkout(Object.fromEntries(files.map((path) => [path, readFileSync(join(folder, path))])));
}

describe("oakum list in whole repositories", () => {
  it.each(readdirSync(ROOT))("%s", async (name) => {
    const ran = await oakum(await copyOf(join(ROOT, name, "files")), "list", "--json");
    const unread = join(ROOT, name, "unread.txt");
    expect(ran.stderr).toBe(existsSync(unread) ? readFileSync(unread, "utf8") : "");
    const lines = (jsonLines(ran) as Listed[]).map((use) => `${describeUse(use)}\n`).toSorted();
    expect(lines.join("")).toBe(readFileSync(join(ROOT, name, "list.txt"), "utf8"));
  });
});
