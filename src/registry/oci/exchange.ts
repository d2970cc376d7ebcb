import { AppError } from "../../core/errors.ts";
import { isTransient } from "../../core/patience.ts";
import type { Authorizer } from "./authorizer.ts";
import { backoff } from "./backoff.ts";
import { parseChallenges } from "./challenge.ts";
import { discard } from "./content.ts";
import { type AllowRegistry, type Endpoint, endpointOf, reachOf } from "./endpoint.ts";
import { refusal } from "./failure.ts";
import { isRepository } from "./grammar.ts";
import { createGuard } from "./guard.ts";
import type { OciLimits } from "./limits.ts";
import type { Answer, Ask, Question } from "./question.ts";
import { createQueue } from "./queue.ts";
import { isRedirect, redirectTarget } from "./redirect.ts";
import type { Transport } from "./transport.ts";

interface ExchangeOptions {
  readonly allow: AllowRegistry;
  readonly authorizer: Authorizer;
  readonly transport: Transport;
  readonly limits: OciLimits;
  readonly userAgent: string;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly random: () => number;
}

/** The way to ask registries: in turn, within the deadline, logged in, patient with what passes, and only where it is allowed. */
export function createExchange(options: ExchangeOptions): Ask {
  const { limits } = options;
  const inTurn = createQueue(limits);
  const guarded = createGuard(limits, options.now);

  return async (question, read) => {
    const endpoint = endpointOf(question.name.registry, options.allow);
    if (!isRepository(question.name.repository)) throw new AppError("INPUT", "not a repository name");
    return inTurn(endpoint.registry, async () => {
      const signal = AbortSignal.timeout(question.deadline ?? limits.deadline);
      const attempt = async () => read(await accepted(options, question, endpoint, signal));
      for (let tries = 0; ; tries += 1) {
        try {
          return await guarded(endpoint.registry, question.isPull === true, attempt);
        } catch (error) {
          if (tries >= limits.retries || signal.aborted || !isTransient(error)) throw error;
          await options.sleep(backoff(tries, options.random()));
        }
      }
    });
  };
}

/** One answer that is no refusal. */
async function accepted(
  options: ExchangeOptions,
  question: Question,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<Answer> {
  const answer = await authorised(options, question, endpoint, signal);
  if (answer.status < 500 && ![401, 403, 429].includes(answer.status)) return answer;
  await discard(answer);
  throw refusal(answer, options.now());
}

/** One answer, after logging in where the registry asks for it. */
async function authorised(
  options: ExchangeOptions,
  question: Question,
  endpoint: Endpoint,
  signal: AbortSignal,
): Promise<Answer> {
  let login = await options.authorizer.current(question.name, endpoint);
  for (let renewals = 0; ; renewals += 1) {
    const answer = await follow(options, question, endpoint, login?.header, signal);
    // The second renewal is for a login that another request obtained, and that expired before we came to use it.
    if (answer.status !== 401 || answer.foreign || renewals === 2) {
      if (answer.status < 400 && login !== undefined) options.authorizer.accepted(login);
      return answer;
    }
    await discard(answer);
    const challenges = parseChallenges(answer.headers["www-authenticate"]);
    login = await options.authorizer.renew({ name: question.name, endpoint, rejected: login, challenges });
  }
}

/** One answer, after following redirects. The login goes to the registry's own origin and nowhere else. */
async function follow(
  { allow, transport, limits, userAgent }: ExchangeOptions,
  { method, target, accept }: Question,
  endpoint: Endpoint,
  authorization: string | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  let url = new URL(endpoint.origin + target);
  for (let redirects = 0; redirects <= limits.redirects; redirects += 1) {
    const foreign = url.origin !== endpoint.origin;
    const headers = {
      "user-agent": userAgent,
      ...(accept === undefined ? {} : { accept }),
      ...(authorization === undefined || foreign ? {} : { authorization }),
    };
    const response = await transport.send(url, reachOf(url, endpoint, allow), { method, headers, signal });
    if (!isRedirect(response.statusCode)) {
      const { statusCode: status, headers, body } = response;
      return { status, headers, body, url, host: url.host, foreign };
    }
    await discard(response);
    url = redirectTarget(url, response.headers.location);
  }
  throw new AppError("INPUT", `${endpoint.registry} redirects without end`);
}
