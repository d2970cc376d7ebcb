import { html } from "hono/html";
import { isVulnerabilityId, normalId } from "../../core/view/exposure.ts";
import type { ShownImage, ShownRepository } from "../../core/view/view.ts";
import type { Listed } from "../../core/view/viewer.ts";
import { hrefOf } from "./address.ts";
import { foreign, type Html, link } from "./html.ts";
import { imageRow, repositoryRow } from "./rows.ts";
import { more, section } from "./table.ts";

export interface SearchView {
  readonly query: string;
  readonly repositories: Listed<ShownRepository>;
  readonly images: Listed<ShownImage>;
}

export function searchPage({ query, repositories, images }: SearchView): Html {
  if (query === "")
    return html`<h1>Search</h1><p class="lead">Write a part of a repository's or image's name, or the id of a vulnerability.</p>`;
  const part = new URLSearchParams({ q: query });
  return html`<h1>Search: ${foreign(query)}</h1>
${isVulnerabilityId(query) ? html`<p class="lead">As a vulnerability: ${link(hrefOf.vulnerability(query), normalId(query))}</p>` : ""}
${section({
  title: "Repositories",
  columns: REPOSITORY_COLUMNS,
  rows: repositories.shown.map(repositoryRow),
  empty: "No repository has it in its name.",
  note: more(repositories, `/repositories?${part}`),
})}
${section({
  title: "Images",
  columns: IMAGE_COLUMNS,
  rows: images.shown.map(imageRow),
  empty: "No image in use has it in its name.",
  note: more(images, `/images?${part}`),
})}`;
}

export const REPOSITORY_COLUMNS = [
  "Repository",
  "Worst in it",
  { number: "Uses" },
  { number: "Updates" },
  { number: "Held" },
];
export const IMAGE_COLUMNS = ["Image", "Worst in it", { number: "Uses" }, { number: "Repositories" }];
