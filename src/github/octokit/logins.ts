import { z } from "zod";
import { collectBounded } from "../../core/bounded.ts";
import { AppError, isAppError } from "../../core/errors.ts";
import type { RepositoryId } from "../../core/repository.ts";
import { parseRetryAfter } from "../../core/write/retry-after.ts";
import type { Logins } from "../logins.ts";

export interface LoginOptions {
  /** Host as repository ids carry it. */
  readonly host: string;
  /** Where people meet GitHub, and where its API is; without a slash at the end. */
  readonly web: string;
  readonly api: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly fetch: typeof fetch;
  /** Milliseconds since the epoch. */
  now(): number;
}

const TIMEOUT = 15_000;
const LARGEST_ANSWER = 8 * 1024 * 1024;
/** Of a hundred each: whoever may read more sees the first of them. */
const MOST_PAGES = 100;
const PER_PAGE = 100;
const MOST_REPOSITORIES = 20_000;

const tokenAnswer = z.union([
  z.object({ access_token: z.string().min(1).max(1000) }),
  z.object({ error: z.string().max(200) }),
]);
const userAnswer = z.object({ login: z.string().max(100) });
const installationsAnswer = z.object({ installations: z.array(z.object({ id: z.int() })) });
const repositoriesAnswer = z.object({ repositories: z.array(z.object({ id: z.int() })) });

/**
 * People who log in by the App's own OAuth with PKCE ("Generating a user access token for a GitHub App"). The token is used to
 * ask what its person may read, and then dropped: nobody keeps it.
 */
export function createLogins(options: LoginOptions): Logins {
  return {
    address(state, challenge) {
      const query = { client_id: options.clientId, state, code_challenge: challenge, code_challenge_method: "S256" };
      return `${options.web}/login/oauth/authorize?${new URLSearchParams(query)}`;
    },
    async person(code, verifier) {
      const token = await exchange(options, code, verifier);
      const { login } = await read(options, token, "/user", userAnswer);
      const repositories: RepositoryId[] = [];
      const list = await all(options, token, "/user/installations", installationsAnswer, (one) => one.installations);
      for (const { id: installation } of list) {
        const found = await reachable(options, token, installation);
        repositories.push(...found.map((repository) => ({ host: options.host, installation, repository })));
        if (repositories.length > MOST_REPOSITORIES) break;
      }
      return { login, repositories };
    },
  };
}

/** Of an installation that is suspended, or lets this person in from elsewhere only, they see nothing: the others are theirs as ever. */
async function reachable(options: LoginOptions, token: string, installation: number): Promise<readonly number[]> {
  const path = `/user/installations/${installation}/repositories`;
  try {
    const found = await all(options, token, path, repositoriesAnswer, (one) => one.repositories);
    return found.map(({ id }) => id);
  } catch (error) {
    if (isAppError(error, "DENIED")) return [];
    throw error;
  }
}

/** A code counts once, and only with the verifier whose hash went with the question. Throws INPUT when GitHub refuses it. */
async function exchange(options: LoginOptions, code: string, verifier: string): Promise<string> {
  const form = new URLSearchParams({
    client_id: options.clientId,
    client_secret: options.clientSecret,
    code,
    code_verifier: verifier,
  });
  const url = `${options.web}/login/oauth/access_token`;
  const answer = parse(tokenAnswer, await ask(options, url, { method: "POST", body: form }));
  if ("error" in answer) throw new AppError("INPUT", "GitHub does not take this login, or not any more");
  return answer.access_token;
}

async function all<Answer, One>(
  options: LoginOptions,
  token: string,
  path: string,
  schema: z.ZodType<Answer>,
  listOf: (answer: Answer) => readonly One[],
): Promise<readonly One[]> {
  const found: One[] = [];
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const list = listOf(await read(options, token, `${path}?per_page=${PER_PAGE}&page=${page}`, schema));
    found.push(...list);
    if (list.length < PER_PAGE) break;
  }
  return found;
}

async function read<T>(options: LoginOptions, token: string, path: string, schema: z.ZodType<T>): Promise<T> {
  const headers = { authorization: `Bearer ${token}`, "x-github-api-version": "2022-11-28" };
  return parse(schema, await ask(options, `${options.api}${path}`, { headers }));
}

async function ask(options: LoginOptions, url: string, init: RequestInit): Promise<unknown> {
  try {
    const answer = await options.fetch(url, {
      ...init,
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT),
      headers: { accept: "application/json", "user-agent": "oakum", ...init.headers },
    });
    if (!answer.ok) {
      await answer.body?.cancel();
      const isLimit = answer.status === 403 && answer.headers.has("retry-after");
      if (!isLimit && [401, 403, 404].includes(answer.status)) throw new AppError("DENIED", "GitHub refused the login");
      const retryAfter = parseRetryAfter(answer.headers.get("retry-after"), options.now());
      throw new AppError("UNAVAILABLE", `GitHub answered a login with ${answer.status}`, { retryAfter });
    }
    const bytes = await collectBounded(answer.body, LARGEST_ANSWER);
    if (bytes === undefined) throw new AppError("UNAVAILABLE", "GitHub answered a login with more than is read");
    return JSON.parse(Buffer.from(bytes.buffer).toString("utf8"));
  } catch (error) {
    if (error instanceof AppError) throw error;
    // Without its cause: a request's error may quote the request.
    throw new AppError("UNAVAILABLE", "GitHub could not be asked about a login");
  }
}

function parse<T>(schema: z.ZodType<T>, answer: unknown): T {
  const result = schema.safeParse(answer);
  if (!result.success) throw new AppError("UNAVAILABLE", "GitHub answered a login in an unknown form");
  return result.data;
}
