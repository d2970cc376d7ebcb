import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { compareDebianVersions } from "./version.ts";

interface Advisory {
  readonly id: string;
  readonly modified: string;
  readonly database_specific?: { readonly known_exploited?: boolean };
  readonly upstream?: readonly string[];
  readonly affected: readonly {
    readonly package: { readonly ecosystem: string; readonly name: string };
    readonly ranges: readonly {
      readonly events: readonly { readonly introduced?: string; readonly fixed?: string }[];
    }[];
  }[];
}

interface Query {
  readonly package?: { readonly ecosystem: string; readonly name: string };
  readonly version?: string;
  readonly page_token?: string;
}

/** How many ids one page has: few, so that whoever asks must read the next one. */
const PAGE = 2;

/**
 * Serves OSV's `querybatch` and `vulns`, and CISA's list, from a folder of OSV documents. It refuses what OSV refuses: more
 * than 1,000 queries, and a query without a package. A query without a version is about all versions.
 */
export async function startAdvisories(
  folder: string,
  port = 0,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const advisories = readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Advisory);
  const server = createServer((request, response) => {
    serve(advisories, request, response).catch((error: unknown) => {
      answer(response, 500, { code: 13, message: error instanceof Error ? error.message : "unknown" });
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
}

async function serve(
  advisories: readonly Advisory[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(request.url ?? "/", "http://sandbox");
  if (pathname === "/v1/querybatch" && request.method === "POST") {
    const { queries } = JSON.parse(await readBody(request)) as { queries: readonly Query[] };
    if (queries.length > 1000) return answer(response, 400, { code: 3, message: "too many queries" });
    if (queries.some(({ package: named }) => !named?.name || !named.ecosystem)) {
      return answer(response, 400, { code: 3, message: "invalid query" });
    }
    return answer(response, 200, { results: queries.map((query) => page(advisories, query)) });
  }
  if (pathname === "/kev.json") {
    const exploited = advisories.filter(({ database_specific: own }) => own?.known_exploited === true);
    const vulnerabilities = exploited.flatMap(({ upstream = [] }) => upstream.map((cveID) => ({ cveID })));
    return answer(response, 200, { vulnerabilities });
  }
  const id = decodeURIComponent(pathname.replace(/^\/v1\/vulns\//, ""));
  const advisory = advisories.find((one) => one.id === id);
  return advisory === undefined
    ? answer(response, 404, { code: 5, message: "Bug not found." })
    : answer(response, 200, advisory);
}

function page(advisories: readonly Advisory[], query: Query) {
  const hits = advisories.filter((advisory) => affects(advisory, query)).map(({ id, modified }) => ({ id, modified }));
  const start = Number(query.page_token ?? 0);
  const next = start + PAGE < hits.length ? { next_page_token: String(start + PAGE) } : {};
  return hits.length === 0 ? {} : { vulns: hits.slice(start, start + PAGE), ...next };
}

function affects({ affected }: Advisory, { package: named, version }: Query): boolean {
  return affected.some(
    ({ package: own, ranges }) =>
      own.ecosystem === named?.ecosystem &&
      own.name === named.name &&
      (version === undefined || ranges.some(({ events }) => isWithin(events, version))),
  );
}

function isWithin(
  events: readonly { readonly introduced?: string; readonly fixed?: string }[],
  version: string,
): boolean {
  let inside = false;
  for (const { introduced, fixed } of events) {
    if (introduced !== undefined && (introduced === "0" || compareDebianVersions(version, introduced) >= 0))
      inside = true;
    if (fixed !== undefined && compareDebianVersions(version, fixed) >= 0) inside = false;
  }
  return inside;
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
