import { RequestError } from "@octokit/request-error";
import { Octokit } from "@octokit/rest";
import type { Logger } from "pino";
import { AppError } from "../../core/errors.ts";
import { type Patience, patiently } from "../../core/patience.ts";
import type { Repository, RepositoryId } from "../../core/repository.ts";
import { createLimiter, type Limiter } from "../../core/write/limiter.ts";
import type { Budgets, Installation } from "../../store/budgets.ts";
import type { Writes } from "../writes.ts";
import { createAppLogin, type Refused } from "./app-login.ts";
import { boundedFetch, type Fetch } from "./bounded-fetch.ts";
import { isLimit, statusOf, toAppError, withoutErrors } from "./errors.ts";
import { AT_ONCE, type Pace, RETRIES } from "./pace.ts";
import { revalidatingFetch } from "./revalidating-fetch.ts";
import { createTokens, type Scope, type Token } from "./tokens.ts";
import { PERMISSIONS, type Work } from "./work.ts";
import { createWriteGate, type WriteGate } from "./write-gate.ts";

/** The path parameters that name a repository. */
export function named({ owner, name }: Repository): { owner: string; repo: string } {
  return { owner, repo: name };
}

export interface ClientOptions {
  /** The App's id, or its client id. */
  readonly appId: number | string;
  /** PEM. */
  readonly privateKey: string;
  /** GitHub's name in keys. */
  readonly host: string;
  /** `https://api.github.com`, or a GitHub Enterprise Server's `https://host/api/v3`. */
  readonly baseUrl: string;
  readonly log: Logger;
  readonly now: () => number;
  readonly fetch: Fetch;
  readonly pace: Pace;
  /** What each installation may still ask, shared by all processes. */
  readonly budgets: Budgets;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/** The only way to GitHub: every Octokit of it is throttled, patient, bounded and mapped to `AppError` alike. */
export interface Client {
  readonly writes: Writes;
  /** Acts as the App itself. */
  readonly app: Octokit;
  /** Acts on one repository, allowed this kind of work and nothing else. */
  on(repository: RepositoryId, work: Work): Octokit;
  /** Acts on all repositories of an installation at once: `look` sees which there are, `heads` where their branches point. */
  across(installation: number, work: "look" | "heads"): Octokit;
  /** The App's numeric id, and the login under which it acts. */
  identity(): Promise<Identity>;
}

export interface Identity {
  readonly id: number;
  /** `slug[bot]`. */
  readonly login: string;
  /** The id of the account that owns the App; `undefined` for an enterprise, whose ids are counted apart. */
  readonly owner: number | undefined;
}

/** A token; another one than `refused`, where there is another. */
type Authorize = (refused?: Refused) => Promise<string>;

const TIMEOUT = 30_000;
const MOST_BYTES = 32 * 1024 * 1024;
/** Seconds to leave GitHub alone that limits the App itself without saying for how long. */
const LIMIT_PAUSE = 60;

export function createClient(options: ClientOptions): Client {
  const gate = createWriteGate(options);
  const open = connect(options, gate);
  const login = createAppLogin(options);
  const app = open(undefined, async (refused) => login.token(refused));
  const tokens = createTokens((scope) => requestToken(app, scope), login.now);
  const within = (scope: Scope) =>
    open({ host: options.host, installation: scope.installation }, (refused) => tokens.get(scope, refused?.token));
  return {
    writes: gate,
    app,
    on: ({ installation, repository }, work) => within({ installation, repository, permissions: PERMISSIONS[work] }),
    across: (installation, work) => within({ installation, permissions: PERMISSIONS[work] }),
    identity: once(async () => {
      const { data } = await app.rest.apps.getAuthenticated();
      if (data === null) throw new AppError("DENIED", "GitHub does not know this App");
      const owner = "login" in data.owner ? data.owner.id : undefined;
      return { id: data.id, login: `${data.slug}[bot]`, owner };
    }),
  };
}

/** A function that makes Octokits. GitHub counts limits by installation, so `of` names the one that asks; or it is the App. */
function connect({ baseUrl, log, now, fetch, pace, sleep }: ClientOptions, gate: WriteGate) {
  const revalidated = revalidatingFetch(boundedFetch(fetch, { timeout: TIMEOUT, maxBytes: MOST_BYTES }));
  const limiters = new Map<number | undefined, Limiter>();
  const patience: Patience = { pauses: RETRIES.map((seconds) => seconds * pace.second), sleep };
  return (of: Installation | undefined, authorize: Authorize): Octokit => {
    const octokit = new Octokit({
      baseUrl,
      userAgent: "oakum",
      log: {
        debug: ignore,
        info: ignore,
        error: ignore,
        warn: (notice: string) => log.warn({ notice }, "Octokit warns"),
      },
      request: { fetch: revalidated },
    });
    const limiter = limiters.get(of?.installation) ?? createLimiter(AT_ONCE);
    limiters.set(of?.installation, limiter);
    guard(octokit, { of, authorize, gate, limiter, patience, now });
    return octokit;
  };
}

interface Guarding {
  readonly of: Installation | undefined;
  readonly authorize: Authorize;
  readonly gate: WriteGate;
  readonly limiter: Limiter;
  readonly patience: Patience;
  readonly now: () => number;
}

/** Around every request: its turn, its token, our own errors, and another try of what changes nothing. */
function guard(octokit: Octokit, { of, authorize, gate, limiter, patience, now }: Guarding): void {
  const home = new URL(octokit.request.endpoint.DEFAULTS.baseUrl).origin;
  octokit.hook.wrap("request", async (request, parameters) => {
    const url = new URL(octokit.request.endpoint(parameters).url);
    const kind = kindOf(parameters, url);
    parameters.headers["x-github-api-version"] = "2022-11-28";
    const ask = async () => {
      try {
        if (url.origin !== home) throw new AppError("DENIED", `GitHub named another host for its API: ${url.origin}`);
        return await authorizedTwice(authorize, async (token) => {
          parameters.headers.authorization = `bearer ${token}`;
          if (of !== undefined) await gate.pass(of, kind);
          return withoutErrors(await limiter(async () => request(parameters), gate.place()));
        });
      } catch (error) {
        const failure = toAppError(error, `${parameters.method} ${url.pathname}`, now());
        if (!isLimit(failure)) throw failure;
        const { message, cause, retryAfter = LIMIT_PAUSE } = failure;
        const seconds = of === undefined ? retryAfter : await gate.limited(of, failure.retryAfter);
        throw new AppError("UNAVAILABLE", message, { cause, retryAfter: seconds });
      }
    };
    return kind.repeats ? patiently(ask, patience) : ask();
  });
}

/** What people are told of: pulls, merges, reviews and words. */
const NOTIFYING = /\/(?:pulls|issues|comments|reviews|requested_reviewers|merge)$/;

/**
 * GraphQL is asked by POST whatever it is about. An act whose answer was lost may have been done, and only the step that asked
 * for it can tell, by looking: so only questions may be repeated, and what asks for a token, of which one more hurts nobody.
 */
function kindOf(parameters: { readonly method: string; readonly query?: unknown }, { pathname }: URL) {
  const isQuery = pathname.endsWith("/graphql") && !/^\s*mutation\b/.test(String(parameters.query));
  const writes = parameters.method !== "GET" && !isQuery;
  const repeats = !writes || pathname.endsWith("/access_tokens");
  return { writes, repeats, notifies: writes && NOTIFYING.test(pathname) };
}

/** A token may have been revoked before its time, or be of the wrong time: 401 means that nothing was done, so once more with another one. */
async function authorizedTwice<T>(authorize: Authorize, send: (token: string) => T): Promise<Awaited<T>> {
  const token = await authorize();
  try {
    return await send(token);
  } catch (error) {
    if (!(error instanceof RequestError) || error.status !== 401) throw error;
    const at = Date.parse(error.response?.headers.date ?? "");
    const other = await authorize({ token, at: Number.isNaN(at) ? undefined : at });
    if (other === token) throw error;
    return await send(other);
  }
}

/** GitHub gives no token that is allowed more than the installation: that is a missing permission, not a mistake of ours. */
async function requestToken(app: Octokit, { installation, repository, permissions }: Scope): Promise<Token> {
  try {
    const { data } = await app.rest.apps.createInstallationAccessToken({
      installation_id: installation,
      permissions,
      ...(repository === undefined ? {} : { repository_ids: [repository] }),
    });
    return { token: data.token, expires: Date.parse(data.expires_at) };
  } catch (error) {
    if (statusOf(error) !== 422 || !(error instanceof AppError)) throw error;
    const wanted = Object.entries(permissions).map(([name, level]) => `${name}=${level}`);
    throw new AppError("DENIED", `${error.message} (wanted: ${wanted.join(", ")})`, { cause: error.cause });
  }
}

/** Asks once, and again only after a failure. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask().catch((error: unknown) => {
      answer = undefined;
      throw error;
    });
    return answer;
  };
}

function ignore(): void {}
