import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Control } from "./control.ts";
import { publish } from "./images.ts";

const FILES = fileURLToPath(new URL("./seed/acme/", import.meta.url));

/** The organisation's repositories, and what each is there to show. */
export const REPOSITORIES = ["payments", "search", "storefront", "website"] as const;
export type RepositoryName = (typeof REPOSITORIES)[number];

/** Ids of the seeded repositories, by name. */
export type RepositoryIds = Readonly<Record<RepositoryName, number>>;

/** Publishes the base images and makes the organisation `acme` with its repositories, their rules, and the App installed. */
export async function seedOrganisation(control: Control, registry: string, app: number): Promise<RepositoryIds> {
  const digests = {
    "base:1.4": await publish(registry, "library/base", ["1.4"], "base"),
    "toolchain:2.1.0": await publish(registry, "library/toolchain", ["2.1.0", "1.4"], "toolchain"),
    "runtime:3.2": await publish(registry, "library/runtime", ["3.2"], "runtime"),
    "static:1.0": await publish(registry, "library/static", ["1.0"], "static"),
  };
  const ids: Partial<Record<RepositoryName, number>> = {};
  for (const name of REPOSITORIES) {
    const files = readFiles(join(FILES, name), { ...digests, REGISTRY: new URL(registry).host });
    const { id } = await control.post<{ id: number }>("repositories", { owner: "acme", name, files, runs: true });
    const requiredChecks = [{ context: "oakum", app }];
    await control.post("rulesets", { owner: "acme", name, branch: "main", requiredChecks });
    ids[name] = id;
  }
  return ids as RepositoryIds;
}

/** All files below a folder, by path, with `%NAME%` replaced. */
function readFiles(folder: string, values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const files = paths.filter((path) => statSync(join(folder, path)).isFile());
  return Object.fromEntries(files.map((path) => [path, fill(readFileSync(join(folder, path), "utf8"), values)]));
}

function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/%([\w:.]+)%/g, (whole, name: string) => values[name] ?? whole);
}
