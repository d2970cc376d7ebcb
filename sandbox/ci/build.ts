import { execFile } from "node:child_process";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { extract } from "tar-stream";
import type { Digest, ImageReference, Platform } from "../../src/core/reference.ts";
import { dockerfile } from "../../src/manager/dockerfile/dockerfile.ts";
import { readBase } from "../registry/base.ts";
import { pushImage } from "../registry/image.ts";
import { layer } from "../registry/layer.ts";

const run = promisify(execFile);
const PLATFORMS: readonly Platform[] = [
  { os: "linux", architecture: "amd64" },
  { os: "linux", architecture: "arm64" },
];

/** What there is to build: a commit in a bare repository, and where its image goes. */
export interface Source {
  readonly path: string;
  readonly owner: string;
  readonly name: string;
  readonly headSha: string;
}

/** An image that was pushed, as `images.json` reports it. */
export interface Pushed {
  readonly name: string;
  readonly digest: Digest;
}

/**
 * Builds a commit: the layers of the base that its Dockerfile's last stage stands on, and one layer with the repository's
 * files on top, for two platforms. Simulated: `RUN` does nothing, and `COPY --from` copies nothing.
 */
export async function buildCommit(registry: string, { path, owner, name, headSha }: Source): Promise<Pushed> {
  const files = await readFiles(path, headSha);
  const base = baseOf(files.get("Dockerfile") ?? "");
  const source = Object.fromEntries([...files].filter(([file]) => !file.startsWith(".")).map(inApp));
  const app = await layer(source);
  const reference = base.digest ?? base.tag ?? "latest";
  const bases = await Promise.all(
    PLATFORMS.map(
      async (platform) => [platform, await readBase(registry, base.repository, reference, platform)] as const,
    ),
  );
  const layers = new Map(bases.map(([platform, { layers }]) => [platform, [...layers, app]]));
  const repository = `${owner}/${name}`;
  const digest = await pushImage(registry, repository, [`sha-${headSha}`], {
    platforms: PLATFORMS,
    layers: (platform) => layers.get(platform) ?? [],
    config: { Labels: { "org.opencontainers.image.revision": headSha } },
  });
  return { name: `${new URL(registry).host}/${repository}`, digest };
}

function inApp([file, content]: readonly [string, string]): readonly [string, string] {
  return [`app/${file}`, content];
}

/** The image that the last stage stands on, read as Oakum itself reads it. */
function baseOf(text: string): ImageReference {
  const { uses } = dockerfile.extract(new Map([["Dockerfile", text]]));
  const base = uses.find(({ role }) => role === "base")?.reference;
  if (base === undefined) throw new Error("the Dockerfile names no base that can be read");
  return base;
}

/** All regular files of a commit, by path. */
async function readFiles(path: string, commit: string): Promise<ReadonlyMap<string, string>> {
  const options = { maxBuffer: 64 * 1024 * 1024, encoding: "buffer" } as const;
  const { stdout } = await run("git", ["--git-dir", path, "archive", "--format=tar", commit], options);
  const files = new Map<string, string>();
  for await (const entry of Readable.from(stdout, { objectMode: false }).pipe(extract())) {
    if (entry.header.type === "file") files.set(entry.header.name, await text(entry));
    else entry.resume();
  }
  return files;
}
