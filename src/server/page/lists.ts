import { html } from "hono/html";
import type { PullRecord } from "../../core/pull/pull.ts";
import { repositoryKey } from "../../core/repository.ts";
import type { Rollout } from "../../core/rollout/rollout.ts";
import { ownersOf } from "../../core/view/exposure.ts";
import type { NamedRepository, ShownImage, ShownRepository, ShownUse } from "../../core/view/view.ts";
import { hrefOf } from "./address.ts";
import {
  badge,
  type Cell,
  count,
  exposureBadge,
  exposureCell,
  foreign,
  imageLink,
  link,
  repositoryLink,
  shortDigest,
  stateCell,
  time,
  whyOf,
} from "./html.ts";
import type { Row } from "./table.ts";

/** The repositories that rows name, by `repositoryKey`. */
export type Names = ReadonlyMap<string, NamedRepository>;

export const USE_COLUMNS = ["Image", "Where", "State", "Exposure", "Owner"] as const;

/** A use, where its repository is plain from the page. */
export function useRow(use: ShownUse): Row {
  const text = foreign(shortDigest(use.text));
  return [
    use.image === undefined ? text : html`<a href="${hrefOf.image(use.image)}">${text}</a>`,
    foreign(`${use.path}:${use.line}`),
    stateCell(use.state, use.exposure, use.reason),
    exposureCell(use.exposure),
    foreign(ownersOf({ ...use, owner: use.repository.owner }).join(" ")),
  ];
}

export function repositoryRow(one: ShownRepository): Row {
  const read = one.isRead ? count(one.uses, "use") : "not read yet";
  return [
    repositoryLink(one),
    read,
    one.updates === 0 ? "" : count(one.updates, "update"),
    one.held === 0 ? "" : `${one.held.toLocaleString("en")} held`,
    one.uses === 0 ? "" : exposureBadge(one.worst),
  ];
}

export function imageRow(one: ShownImage): Row {
  return [
    imageLink(one),
    count(one.uses, "use"),
    count(one.repositories, "repository", "repositories"),
    exposureBadge(one.worst),
  ];
}

export function pullRow(pull: PullRecord, names: Names): Row {
  const repository = names.get(repositoryKey(pull.repository));
  const number = pull.number === undefined ? "" : `#${pull.number}`;
  return [
    repository === undefined
      ? foreign(`${repositoryKey(pull.repository)}${number}`)
      : pull.number === undefined
        ? repositoryLink(repository)
        : link(hrefOf.pull(repository, pull.number), `${repository.owner}/${repository.name}${number}`),
    foreign(pull.title),
    badge(pull.state),
    verdictCell(pull),
    time(pull.openedAt),
  ];
}

/** What the gate said; once it passed, what counts is why the pull is still open. */
export function verdictCell(pull: PullRecord): Cell {
  const verdict = pull.gate?.verdict;
  if (verdict === undefined) return badge("not judged yet");
  const waiting = pull.state === "open" && pull.unmerged?.head === pull.gate?.head ? pull.unmerged : undefined;
  return html`${badge(verdict.state)} ${(waiting?.reasons ?? verdict.reasons).map(whyOf)}`;
}

export function rolloutRow({ target, phase, since, reason }: Rollout, names: Names): Row {
  const repository = names.get(repositoryKey(target.repository));
  return [
    repository === undefined ? foreign(repositoryKey(target.repository)) : repositoryLink(repository),
    foreign(target.environment),
    foreign(target.name),
    html`${badge(phase)} ${whyOf(reason)}`,
    time(since),
  ];
}
