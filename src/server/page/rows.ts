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
  exposureBadge,
  exposureCell,
  foreign,
  imageLink,
  link,
  pathText,
  placeCell,
  placeText,
  referenceCell,
  repositoryLink,
  stateCell,
  time,
  under,
  whyOf,
} from "./html.ts";
import type { Row } from "./table.ts";

/** The repositories that rows name, by `repositoryKey`. */
export type Names = ReadonlyMap<string, NamedRepository>;

export const USE_COLUMNS = ["Where", "Image", "State", "Exposure", "Owner"] as const;

/** A use. `isAt`: its repository is plain from the page. */
export function useRow(use: ShownUse, isAt: "its repository" | "anywhere"): Row {
  return [
    isAt === "anywhere" ? placeCell(use.repository, use) : pathText(placeText(use)),
    referenceCell(use),
    stateCell(use),
    exposureCell(use.exposure),
    pathText(ownersOf({ ...use, owner: use.repository.owner }).join(" ")),
  ];
}

export function repositoryRow(one: ShownRepository): Row {
  return [
    repositoryLink(one),
    one.isRead
      ? one.uses === 0
        ? html`<span class="why">no image in it</span>`
        : exposureBadge(one.worst)
      : badge("not read yet", "unknown"),
    some(one.uses),
    some(one.updates),
    some(one.held),
  ];
}

/** A number, and nothing where there is nothing to see. */
export function some(number: number): string {
  return number === 0 ? "" : number.toLocaleString("en");
}

export function imageRow(one: ShownImage): Row {
  return [imageLink(one), exposureBadge(one.worst), some(one.uses), some(one.repositories)];
}

export const PULL_COLUMNS = ["Pull request", "State", "Verdict", "Opened"] as const;

export function pullRow(pull: PullRecord, names: Names): Row {
  const repository = names.get(repositoryKey(pull.repository));
  const place = repository === undefined ? repositoryKey(pull.repository) : `${repository.owner}/${repository.name}`;
  const number = pull.number === undefined ? "" : `#${pull.number}`;
  const title =
    repository === undefined || pull.number === undefined
      ? foreign(pull.title)
      : link(hrefOf.pull(repository, pull.number), pull.title);
  return [html`${title}${under(`${place}${number}`)}`, badge(pull.state), verdictCell(pull), time(pull.openedAt)];
}

/** What the gate said; once it passed, what counts is why the pull is still open. */
export function verdictCell(pull: PullRecord): Cell {
  const verdict = pull.gate?.verdict;
  if (verdict === undefined) return badge("not judged yet");
  const waiting = pull.state === "open" && pull.unmerged?.head === pull.gate?.head ? pull.unmerged : undefined;
  return html`${badge(verdict.state)} ${(waiting?.reasons ?? verdict.reasons).map(whyOf)}`;
}

export const ROLLOUT_COLUMNS = ["Repository", "Environment", "Phase", "Since"] as const;

export function rolloutRow({ target, phase, since, reason }: Rollout, names: Names): Row {
  const repository = names.get(repositoryKey(target.repository));
  return [
    repository === undefined ? foreign(repositoryKey(target.repository)) : repositoryLink(repository),
    html`${foreign(target.environment)}${under(target.name === repository?.name ? "" : target.name)}`,
    html`${badge(phase)} ${whyOf(reason)}`,
    time(since),
  ];
}
