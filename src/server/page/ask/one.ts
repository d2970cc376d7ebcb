import type { PullRecord } from "../../../core/pull/pull.ts";
import { type Digest, type ImageName, imageKey } from "../../../core/reference.ts";
import { repositoryKey } from "../../../core/repository.ts";
import { affectednesses, isVulnerabilityId } from "../../../core/view/exposure.ts";
import type { Looking } from "../../../core/view/view.ts";
import { pullSubject } from "../../../flow/conversation/refusal.ts";
import { ORGANISATION_ORIGIN } from "../../../flow/read/config.ts";
import { isNamed } from "../../../store/inverted-index.ts";
import { imagePage } from "../image.ts";
import { pullPage } from "../pull.ts";
import { repositoryPage } from "../repository.ts";
import { vulnerabilityPage } from "../vulnerability.ts";
import { isAside } from "../words.ts";
import { type Asked, FEW, few, lookingOf, type Page, type PageParts, sliceOf } from "./asked.ts";

/** Facts of one timeline. */
const MOST_FACTS = 200;

export async function repository(context: Asked, parts: PageParts): Promise<Page | undefined> {
  const { views, ledger } = parts.store;
  const found = await findRepository(context, parts);
  if (found === undefined) return undefined;
  const slice = sliceOf(context);
  const { viewer } = context.var;
  const key = repositoryKey(found);
  const told = await ledger.newest(`repo:${key}`, "configuration reported");
  const problems = (Array.isArray(told?.data.problems) ? told.data.problems.map(String) : [])
    // They quote a file that may be more private than this repository.
    .filter((problem) => viewer === "all" || !problem.startsWith(ORGANISATION_ORIGIN));
  const body = repositoryPage({
    repository: found,
    lines: found.maintained === undefined ? [] : (await parts.store.index.lines(found)).filter(isNamed),
    uses: await views.uses({ ...lookingOf(context, parts), repository: found }, slice),
    slice,
    pulls: await views.pulls(viewer, { repository: found }, few),
    rollouts: await views.rollouts(viewer, { repository: found }, few),
    problems: problems.slice(0, FEW),
    subject: `repo:${key}`,
    names: new Map([[key, found]]),
  });
  return { title: `${found.owner}/${found.name}`, body };
}

function findRepository(context: Asked, { store }: PageParts) {
  return store.views.repository(context.var.viewer, context.req.param("owner") ?? "", context.req.param("name") ?? "");
}

export async function pull(context: Asked, parts: PageParts): Promise<Page | undefined> {
  const { views } = parts.store;
  const { viewer } = context.var;
  const found = await findRepository(context, parts);
  if (found === undefined) return undefined;
  const number = Number(context.req.param("number"));
  const [own] = (await views.pulls(viewer, { repository: found, number }, few)).shown;
  if (own === undefined) return undefined;
  const subject = pullSubject(own);
  const targets = await rolloutsOf(parts, viewer, own);
  const key = repositoryKey(found);
  const subjects = [
    subject,
    ...(own.merge === undefined ? [] : [`release:${key}@${own.merge}`]),
    ...targets.map(({ target }) => `target:${key}/${target.environment}/${target.name}`),
  ];
  const all = await views.ledger(viewer, { subjects }, { offset: 0, limit: MOST_FACTS });
  const isOwn = ({ subject: about, cause }: { readonly subject: string; readonly cause: string }) =>
    !about.startsWith("target:") || targets.some(({ id }) => cause.startsWith(id));
  const facts = all.shown.filter((one) => isOwn(one) && !isAside(one)).toReversed();
  const isCut = all.total > all.shown.length;
  return {
    title: own.title,
    body: pullPage({ repository: found, pull: own, facts, isCut, subject, now: parts.now() }),
  };
}

async function rolloutsOf({ store }: PageParts, viewer: Looking["viewer"], { repository: id, merge }: PullRecord) {
  if (merge === undefined) return [];
  const all = await store.views.rollouts(viewer, { repository: id }, { offset: 0, limit: MOST_FACTS });
  return all.shown.filter(({ release }) => release.merge === merge);
}

export async function image(context: Asked, parts: PageParts): Promise<Page | undefined> {
  const { views } = parts.store;
  const looking = lookingOf(context, parts);
  const name: ImageName = {
    registry: context.req.param("registry") ?? "",
    repository: context.req.param("repository") ?? "",
  };
  const detail = await views.image(looking, name);
  if (detail === undefined) return undefined;
  const digest = digestOf(context.req.query("digest"));
  const slice = sliceOf(context);
  // One list of a page is turned at a time.
  const [useSlice, findingSlice] = digest === undefined ? [slice, few] : [few, slice];
  const findings =
    digest === undefined
      ? { shown: [], total: 0 }
      : await views.findings(looking.viewer, { image: name, digest, ...findingSlice });
  const list = await views.uses({ ...looking, image: name }, useSlice);
  const view = { detail, uses: list, slice: useSlice, findings, findingSlice, now: parts.now() };
  return { title: imageKey(name), body: imagePage({ ...view, ...(digest && { digest }) }) };
}

function digestOf(text: string | undefined): Digest | undefined {
  return text !== undefined && /^sha256:[0-9a-f]{64}$/.test(text) ? (text as Digest) : undefined;
}

export async function vulnerability(context: Asked, parts: PageParts): Promise<Page | undefined> {
  const id = context.req.param("id") ?? "";
  if (!isVulnerabilityId(id)) return undefined;
  const slice = sliceOf(context);
  const chosen = affectednesses.filter((state) => state === context.req.query("state"));
  const states = chosen.length > 0 ? chosen : affectednesses.filter((state) => state !== "not-affected");
  const affected = await parts.store.exposures.affected(id, { ...lookingOf(context, parts), states, ...slice });
  return { title: id.toUpperCase(), body: vulnerabilityPage({ id, affected, slice, states }) };
}
