import type { ImageName } from "../../core/reference.ts";

const part = encodeURIComponent;

/** Where each page is. Every part that somebody else wrote is encoded. */
export const hrefOf = {
  repository: ({ owner, name }: { readonly owner: string; readonly name: string }) =>
    `/repositories/${part(owner)}/${part(name)}`,
  pull: (repository: { readonly owner: string; readonly name: string }, number: number) =>
    `${hrefOf.repository(repository)}/pulls/${number}`,
  image: ({ registry, repository }: ImageName) =>
    `/images/${part(registry)}/${repository.split("/").map(part).join("/")}`,
  digest: (image: ImageName, digest: string) => `${hrefOf.image(image)}?digest=${part(digest)}`,
  vulnerability: (id: string) => `/vulnerabilities/${part(id)}`,
  uses: (query: Readonly<Record<string, string>>) => `/uses?${new URLSearchParams(query)}`,
  ledger: (subject: string) => `/ledger?${new URLSearchParams({ subject })}`,
};
