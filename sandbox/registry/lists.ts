import { answer, type Call, digestIn } from "./call.ts";
import { Problem } from "./problem.ts";

/** Tags in lexical order, `n` of them after `last`; a Link leads to the rest. */
export async function listTags(call: Call): Promise<void> {
  const { storage, repository, query } = call;
  const all = await storage.tags(repository);
  if (all === undefined) throw new Problem(404, "NAME_UNKNOWN", "repository name not known to registry");
  const last = query.get("last");
  const after = last === null ? all : all.filter((tag) => tag > last);
  const count = Number(query.get("n") ?? after.length);
  if (!Number.isInteger(count) || count < 0) throw new Problem(400, "PAGINATION_NUMBER_INVALID", "n is no number");
  const tags = after.slice(0, count);
  const next = tags.length < after.length ? tags.at(-1) : undefined;
  const more = new URLSearchParams({ n: String(count), last: next ?? "" });
  const link = next === undefined ? {} : { link: `</v2/${repository}/tags/list?${more}>; rel="next"` };
  answer(call, 200, link, { name: repository, tags });
}

/** The index of what refers to a digest, of one artifact type if asked. */
export async function listReferrers(call: Call): Promise<void> {
  const { storage, repository, query } = call;
  const type = query.get("artifactType");
  const all = await storage.referrers(repository, digestIn(call.reference));
  const manifests = all.filter((one) => type === null || (one as { artifactType?: string }).artifactType === type);
  const headers = {
    "content-type": "application/vnd.oci.image.index.v1+json",
    ...(type === null ? {} : { "oci-filters-applied": "artifactType" }),
  };
  const index = { schemaVersion: 2, mediaType: headers["content-type"], manifests };
  answer(call, 200, headers, Buffer.from(JSON.stringify(index)));
}
