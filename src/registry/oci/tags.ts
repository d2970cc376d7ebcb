import { z } from "zod";
import { AppError } from "../../core/errors.ts";
import type { ImageName } from "../../core/reference.ts";
import { discard, readBody } from "./content.ts";
import { unexpected } from "./failure.ts";
import { isTag } from "./grammar.ts";
import type { OciLimits } from "./limits.ts";
import { nextPage } from "./link.ts";
import type { Answer, Ask } from "./question.ts";

/** The most that every registry accepts (ECR refuses more). */
const PAGE_SIZE = 1_000;
const tagList = z.object({ tags: z.array(z.string()).nullish() });

interface Page {
  readonly tags: readonly string[];
  readonly next: string | undefined;
}

/**
 * All tags of a repository, each once, in the registry's order, page by page (OCI distribution specification, "content
 * discovery"). Nothing for an unknown repository. INPUT when there are more pages or tags than the limits allow: a part of
 * the tags is never passed off as all of them.
 */
export async function* listTags(ask: Ask, name: ImageName, limits: OciLimits): AsyncGenerator<string> {
  const seen = new Set<string>();
  const visited = new Set<string>();
  let target: string | undefined = `/v2/${name.repository}/tags/list?n=${PAGE_SIZE}`;
  while (target !== undefined) {
    if (visited.has(target) || visited.size >= limits.tagPages)
      throw tooMany(name, `${limits.tagPages} pages, or one twice`);
    visited.add(target);
    const page: Page = await ask({ name, method: "GET", target, accept: "application/json" }, (answer) =>
      readPage(answer, limits),
    );
    for (const tag of page.tags) {
      if (seen.has(tag)) continue;
      if (seen.size >= limits.tags) throw tooMany(name, `${limits.tags} tags`);
      seen.add(tag);
      yield tag;
    }
    target = page.next;
  }
}

async function readPage(answer: Answer, limits: OciLimits): Promise<Page> {
  if (answer.status !== 200) {
    await discard(answer);
    if (answer.status !== 404 || answer.foreign) throw unexpected(answer);
    return { tags: [], next: undefined };
  }
  const list = tagList.safeParse(parse(await readBody(answer, limits.manifestBytes)));
  if (!list.success) throw new AppError("INPUT", `${answer.host} answers with something else than a list of tags`);
  return { tags: list.data.tags?.filter(isTag) ?? [], next: nextPage(answer) };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return undefined;
  }
}

function tooMany(name: ImageName, limit: string): AppError {
  return new AppError("INPUT", `${name.registry}/${name.repository} has more tags than Oakum reads (${limit})`);
}
