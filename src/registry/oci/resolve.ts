import { AppError } from "../../core/errors.ts";
import { type Digest, type ImageReference, isDigest, type PinnedImage } from "../../core/reference.ts";
import { digestOf, discard, readBody } from "./content.ts";
import { whenFound } from "./found.ts";
import { isTag } from "./grammar.ts";
import type { OciLimits } from "./limits.ts";
import { isSchema1, parseManifest } from "./manifest.ts";
import { manifestQuestion } from "./manifest-question.ts";
import type { Answer, Ask } from "./question.ts";

/**
 * What the reference's tag (else its digest, else `latest`) names now. A HEAD, which spends no pull quota; only where the
 * registry does not tell the digest that way is the manifest fetched and hashed. `undefined` only for a genuine 404.
 */
export async function resolveReference(
  ask: Ask,
  reference: ImageReference,
  limits: OciLimits,
): Promise<PinnedImage | undefined> {
  const { registry, repository } = reference;
  const wanted = reference.tag ?? reference.digest ?? "latest";
  if (!isTag(wanted) && !isDigest(wanted)) throw new AppError("INPUT", "neither a tag nor a digest");
  const told = await ask(manifestQuestion("HEAD", reference, wanted), headDigest);
  const digest = told === "untold" ? await ask(manifestQuestion("GET", reference, wanted), hashDigest(limits)) : told;
  if (digest === undefined) return undefined;
  if (isDigest(wanted) && digest !== wanted) throw new AppError("INPUT", `${registry} answers ${digest} for ${wanted}`);
  return { registry, repository, digest };
}

async function headDigest(answer: Answer): Promise<Digest | "untold" | undefined> {
  if (answer.status === 405) {
    await discard(answer);
    return "untold";
  }
  return whenFound(async ({ headers, body }) => {
    await discard({ body });
    if (isSchema1(headers["content-type"]))
      throw new AppError("INPUT", "a schema 1 manifest, which cannot be verified");
    const digest = headers["docker-content-digest"];
    return typeof digest === "string" && isDigest(digest) ? digest : "untold";
  })(answer);
}

function hashDigest(limits: OciLimits) {
  return whenFound(async (answer) => {
    const body = await readBody(answer, limits.manifestBytes);
    // A login page has a hash too.
    parseManifest(body);
    return digestOf(body);
  });
}
