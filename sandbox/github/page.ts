import type { Answer } from "./operation.ts";

interface Paging {
  readonly per_page?: number | undefined;
  readonly page?: number | undefined;
}

/** One page of a list as an answer. `wrap` puts it into the object that counts the whole, where the contract has one. */
export async function page<T>(
  items: readonly T[],
  paging: Paging,
  view: (item: T) => unknown,
  wrap: (shown: readonly unknown[], total: number) => unknown = (shown) => shown,
): Promise<Answer> {
  const size = Math.min(Math.max(paging.per_page ?? 30, 1), 100);
  const number = Math.max(paging.page ?? 1, 1);
  const last = Math.max(Math.ceil(items.length / size), 1);
  const shown = await Promise.all(items.slice((number - 1) * size, number * size).map(view));
  const back =
    number > 1
      ? ([
          ["prev", number - 1],
          ["first", 1],
        ] as const)
      : [];
  const on =
    number < last
      ? ([
          ["next", number + 1],
          ["last", last],
        ] as const)
      : [];
  return { status: 200, body: wrap(shown, items.length), links: [...back, ...on] };
}

/** The `Link` header of a page, for the address that was asked for. */
export function linkHeader(links: NonNullable<Answer["links"]>, address: URL): string {
  const parts = links.map(([relation, number]) => {
    const url = new URL(address);
    url.searchParams.set("page", String(number));
    return `<${url}>; rel="${relation}"`;
  });
  return parts.join(", ");
}
