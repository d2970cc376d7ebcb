import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { collectBounded } from "../../core/bounded.ts";
import { AppError } from "../../core/errors.ts";
import { patiently } from "../../core/patience.ts";
import { parseRetryAfter } from "../../core/write/retry-after.ts";
import { type Advisory, advisorySchema } from "./advisory.ts";

/** One question: is this version of a package affected? Without a version: what has ever affected it? */
export interface Query {
  readonly package: { readonly ecosystem: string; readonly name: string };
  readonly version?: string;
}

/** OSV's interface (https://google.github.io/osv.dev/api/), and CISA's list of what is exploited. */
export interface AdvisorySource {
  /** For each query, in order, the ids of the advisories that affect it. */
  query(queries: readonly Query[]): Promise<readonly (readonly string[])[]>;
  advisory(id: string): Promise<Advisory>;
  /** Ids of vulnerabilities that are exploited in the wild. */
  exploited(): Promise<ReadonlySet<string>>;
}

export interface AdvisorySourceOptions {
  /** `https://api.osv.dev` */
  readonly osv: string;
  /** Where the list of known exploited vulnerabilities is. */
  readonly kev: string;
  readonly fetch: typeof fetch;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds for one answer. */
  readonly timeout?: number;
  /** Bytes of one answer. */
  readonly largestAnswer?: number;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

const BATCH = 1000;
/** Pages of one query; OSV's own are 1,000 ids each. */
const MOST_PAGES = 50;
const LARGEST_ANSWER = 64 * 1024 * 1024;
/** OSV itself takes up to 35 seconds for a batch. Milliseconds. */
const TIMEOUT = 60_000;
/** Milliseconds before each further try. */
const PAUSES = [2_000];
/** Seconds to leave a source alone that limits us without saying for how long. */
const LIMIT_PAUSE = 60;
/** How long a list or an advisory is kept, in milliseconds. */
const KEPT = 3_600_000;
const MOST_KEPT = 10_000;

const batchAnswer = z.object({
  results: z.array(
    z.object({
      vulns: z.array(z.object({ id: z.string().min(1).max(200) })).optional(),
      next_page_token: z.string().optional(),
    }),
  ),
});
const kevAnswer = z.object({ vulnerabilities: z.array(z.object({ cveID: z.string().max(50) })) });

/**
 * Asks OSV. Every failure is UNAVAILABLE, with `retryAfter` where the source says it: without its answer nothing can be
 * said, and nothing may be called clean. Answers are kept for an hour.
 */
export function createAdvisorySource(options: AdvisorySourceOptions): AdvisorySource {
  const advisories = new Map<string, { readonly at: number; readonly value: Promise<Advisory> }>();
  let kev: { readonly at: number; readonly value: Promise<ReadonlySet<string>> } | undefined;
  return {
    async query(queries) {
      const found: string[][] = queries.map(() => []);
      for (let start = 0; start < queries.length; start += BATCH) {
        await queryBatch(options, queries.slice(start, start + BATCH), found.slice(start, start + BATCH));
      }
      return found;
    },
    advisory(id) {
      const known = advisories.get(id);
      if (known !== undefined && options.now() - known.at < KEPT) return known.value;
      const url = `${options.osv}/v1/vulns/${encodeURIComponent(id)}`;
      const value = ask(options, url).then((answer) => parse(advisorySchema, answer, "an advisory"));
      const entry = { at: options.now(), value };
      keep(advisories, id, entry);
      value.catch(() => {
        if (advisories.get(id) === entry) advisories.delete(id);
      });
      return value;
    },
    exploited() {
      if (kev !== undefined && options.now() - kev.at < KEPT) return kev.value;
      const value = readKev(options);
      const entry = { at: options.now(), value };
      kev = entry;
      value.catch(() => {
        if (kev === entry) kev = undefined;
      });
      return value;
    },
  };
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  const oldest = map.keys().next();
  if (map.size >= MOST_KEPT && !oldest.done) map.delete(oldest.value);
  map.set(key, value);
}

async function readKev(options: AdvisorySourceOptions): Promise<ReadonlySet<string>> {
  const answer = parse(kevAnswer, await ask(options, options.kev), "the list of exploited vulnerabilities");
  return new Set(answer.vulnerabilities.map(({ cveID }) => cveID));
}

/** One batch with all its pages; `found` is filled in the order of the queries. */
async function queryBatch(
  options: AdvisorySourceOptions,
  queries: readonly Query[],
  found: readonly string[][],
): Promise<void> {
  let open = queries.map((query, index) => ({ query, index, token: undefined as string | undefined }));
  for (let page = 0; open.length > 0; page += 1) {
    if (page === MOST_PAGES) throw new AppError("UNAVAILABLE", "OSV's answer has more pages than are read");
    const body = {
      queries: open.map(({ query, token }) => (token === undefined ? query : { ...query, page_token: token })),
    };
    const { results } = parse(
      batchAnswer,
      await ask(options, `${options.osv}/v1/querybatch`, body),
      "a batch of answers",
    );
    if (results.length !== open.length) throw new AppError("UNAVAILABLE", "OSV answered another number of questions");
    open = open.flatMap((entry, at) => {
      const result = results[at];
      found[entry.index]?.push(...(result?.vulns ?? []).map(({ id }) => id));
      const token = result?.next_page_token;
      return token === undefined || token === "" ? [] : [{ ...entry, token }];
    });
  }
}

function ask(options: AdvisorySourceOptions, url: string, body?: object): Promise<unknown> {
  return patiently(() => askOnce(options, url, body), { pauses: PAUSES, sleep: options.sleep ?? setTimeout });
}

async function askOnce(options: AdvisorySourceOptions, url: string, body?: object): Promise<unknown> {
  const host = new URL(url).host;
  try {
    const answer = await options.fetch(url, {
      redirect: "error",
      signal: AbortSignal.timeout(options.timeout ?? TIMEOUT),
      ...(body && { method: "POST", body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    if (!answer.ok) {
      await answer.body?.cancel();
      const asked = parseRetryAfter(answer.headers.get("retry-after"), options.now());
      const retryAfter = answer.status === 429 ? (asked ?? LIMIT_PAUSE) : asked;
      throw new AppError("UNAVAILABLE", `${host} answered ${answer.status}`, { retryAfter });
    }
    const bytes = await collectBounded(answer.body, options.largestAnswer ?? LARGEST_ANSWER);
    if (bytes === undefined) throw new AppError("UNAVAILABLE", `${host} answered with more than is read`);
    return JSON.parse(Buffer.from(bytes.buffer).toString("utf8"));
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("UNAVAILABLE", `${host} could not be asked`, { cause: error });
  }
}

function parse<T>(schema: z.ZodType<T>, answer: unknown, what: string): T {
  const result = schema.safeParse(answer);
  if (!result.success) throw new AppError("UNAVAILABLE", `the advisory source sent ${what} of an unknown form`);
  return result.data;
}
