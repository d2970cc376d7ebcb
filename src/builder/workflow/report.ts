import { z } from "zod";
import type { Outcome } from "../../core/outcome.ts";
import { reason } from "../../core/reason.ts";
import type { ImageName } from "../../core/reference.ts";
import type { BuiltImage } from "../builder.ts";

const LARGEST = 64 * 1024;

const Report = z.strictObject({
  images: z
    .array(
      z.strictObject({
        /** `registry/repository`, normalised. */
        name: z.string().max(512),
        digest: z.templateLiteral(["sha256:", z.string().regex(/^[0-9a-f]{64}$/)]),
      }),
    )
    .min(1)
    .max(50),
});

/**
 * The images that a build's `images.json` names, each at most once and each expected: `{"images":[{"name":
 * "ghcr.io/acme/web","digest":"sha256:…"}]}`. The repository's writers write this file, so anything else fails.
 * @param url where a person reads the build's log
 */
export function readReport(
  file: Uint8Array,
  expected: readonly ImageName[],
  url: string,
): Outcome<readonly BuiltImage[]> {
  const report = Report.safeParse(parse(file));
  if (!report.success) return mismatch(`images.json is not a report of images: ${url}`);
  const names = new Map(expected.map((name) => [`${name.registry}/${name.repository}`, name]));
  const built: BuiltImage[] = [];
  for (const { name, digest } of report.data.images) {
    const image = names.get(name);
    if (image === undefined) return mismatch(`${name} was not expected, or reported twice: ${url}`);
    names.delete(name);
    built.push({ registry: image.registry, repository: image.repository, digest, url });
  }
  return { state: "done", value: built };
}

export function mismatch(detail: string): Outcome<never> {
  return { state: "failed", reason: reason("build-mismatch", detail) };
}

function parse(file: Uint8Array): unknown {
  if (file.byteLength > LARGEST) return undefined;
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(file));
  } catch {
    return undefined;
  }
}
