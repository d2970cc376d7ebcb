import { AppError } from "../../core/errors.ts";
import type { PinnedImage } from "../../core/reference.ts";
import type { Descriptor } from "../registry.ts";
import { discard, readBody } from "./content.ts";
import { unexpected } from "./failure.ts";
import { checkedDigest, readManifest } from "./image.ts";
import type { OciLimits } from "./limits.ts";
import { nextPage } from "./link.ts";
import { parseManifest } from "./manifest.ts";
import type { Answer, Ask } from "./question.ts";
import { resolveReference } from "./resolve.ts";

const INDEX_TYPE = "application/vnd.oci.image.index.v1+json";
const MOST_PAGES = 20;
/** How registries answer that never heard of the API. */
const UNKNOWN_API: ReadonlySet<number> = new Set([400, 404, 405]);

interface Page {
  readonly descriptors: readonly Descriptor[];
  readonly next: string | undefined;
}

/**
 * What refers to the image: by the referrers API (OCI distribution specification 1.1, "listing referrers"), or where the
 * registry has none, by the index under the tag `sha256-<hex>`. INPUT when the list does not end.
 */
export async function readReferrers(ask: Ask, image: PinnedImage, limits: OciLimits): Promise<readonly Descriptor[]> {
  const listed = await listReferrers(ask, image, limits);
  if (listed !== undefined) return listed;
  const tagged = await resolveReference(ask, { ...image, tag: image.digest.replace(":", "-") }, limits);
  const index = tagged && (await readManifest(ask, tagged, limits));
  return index?.kind === "index" ? index.manifests : [];
}

/** `undefined` when the registry has no such API. */
async function listReferrers(
  ask: Ask,
  image: PinnedImage,
  limits: OciLimits,
): Promise<readonly Descriptor[] | undefined> {
  const descriptors: Descriptor[] = [];
  let target: string | undefined = `/v2/${image.repository}/referrers/${checkedDigest(image.digest)}`;
  for (let pages = 0; target !== undefined; pages += 1) {
    if (pages === MOST_PAGES) throw new AppError("INPUT", `${image.registry} lists referrers without end`);
    const page: Page | undefined = await ask({ name: image, method: "GET", target, accept: INDEX_TYPE }, (answer) =>
      readPage(answer, limits),
    );
    if (page === undefined) return undefined;
    descriptors.push(...page.descriptors);
    target = page.next;
  }
  return descriptors;
}

async function readPage(answer: Answer, limits: OciLimits): Promise<Page | undefined> {
  if (answer.status === 200) {
    const index = parseManifest(await readBody(answer, limits.manifestBytes));
    if (index.kind !== "index")
      throw new AppError("INPUT", `${answer.host} lists referrers as something else than an index`);
    return { descriptors: index.manifests, next: nextPage(answer) };
  }
  await discard(answer);
  if (UNKNOWN_API.has(answer.status) && !answer.foreign) return undefined;
  throw unexpected(answer);
}
