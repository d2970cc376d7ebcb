import { AppError, isAppError } from "../../core/errors.ts";
import type { ImageName } from "../../core/reference.ts";
import type { Credential } from "../registry.ts";
import { type Breaker, CLOSED, pauseLeft, settle } from "./breaker.ts";
import type { Challenge } from "./challenge.ts";
import type { Endpoint } from "./endpoint.ts";
import { realmOf, type TrustedRealms } from "./realm.ts";
import { basicAuthorization, parseToken, type TokenRequest, tokenRequest } from "./token.ts";

/** What lets us in: an Authorization header for one repository, and when it should be renewed (milliseconds since the epoch). */
export interface Login {
  readonly header: string;
  readonly challenges: readonly Challenge[];
  readonly staleAt: number;
}

/** A login that is wanted because `rejected`, or asking without one, was answered with these challenges. */
interface Renewal {
  readonly name: ImageName;
  readonly endpoint: Endpoint;
  readonly rejected: Login | undefined;
  readonly challenges: readonly Challenge[];
}

export interface Authorizer {
  /** The login that worked last, renewed when most of its life is over; `undefined` while none was needed. */
  current(name: ImageName, endpoint: Endpoint): Promise<Login | undefined>;
  /** Another login than the rejected one: one flight per repository, however many wait. DENIED when there is none. */
  renew(renewal: Renewal): Promise<Login>;
}

interface AuthorizerOptions {
  readonly credentials: (name: ImageName) => Promise<Credential | undefined>;
  readonly trustedRealms: TrustedRealms;
  readonly now: () => number;
  /** Asks a token server. DENIED when it refuses. */
  readonly askRealm: (request: TokenRequest, endpoint: Endpoint) => Promise<Uint8Array>;
}

/** Of a token's life, the part after which it is renewed before a request fails on it. */
const USEFUL_LIFE = 0.8;
/** Milliseconds until a basic login is asked for again: credential helpers rotate what they hand out. */
const BASIC_LIFE = 5 * 60_000;
const MOST_LOGINS = 10_000;

/** Keeps one login per repository, which is what a registry's scopes are about. */
export function createAuthorizer(options: AuthorizerOptions): Authorizer {
  const { now } = options;
  const logins = new Map<string, Promise<Login>>();
  const attempts = createAttempts(now);

  async function renew(renewal: Renewal): Promise<Login> {
    const key = `${renewal.name.registry}/${renewal.name.repository}`;
    // Only who used the cached login may replace it: a late refusal of an older one must not cost another token.
    for (let cached = logins.get(key); cached !== undefined; cached = logins.get(key)) {
      const login = await cached;
      if (login !== renewal.rejected) return login;
      if (logins.get(key) === cached) break;
    }
    const flight = obtain(renewal);
    const [oldest] = logins.keys();
    if (logins.size >= MOST_LOGINS && oldest !== undefined) logins.delete(oldest);
    logins.set(key, flight);
    flight.catch(() => logins.get(key) === flight && logins.delete(key));
    return flight;
  }

  async function obtain(renewal: Renewal): Promise<Login> {
    const { name, endpoint, challenges } = renewal;
    const bearer = challenges.find(({ scheme }) => scheme === "bearer");
    const basic = challenges.some(({ scheme }) => scheme === "basic");
    const credential = await options.credentials(name);
    if (bearer !== undefined)
      return attempts.count(endpoint, credential, () => fetchToken(renewal, bearer, credential));
    if (!basic || credential === undefined) {
      throw new AppError("DENIED", `${endpoint.registry} asks for a login, and there is none for it`);
    }
    return attempts.count(endpoint, credential, async () => basicLogin(renewal, credential));
  }

  function basicLogin({ rejected, endpoint, challenges }: Renewal, credential: Credential): Login {
    const header = basicAuthorization(credential);
    if (header === rejected?.header && now() < rejected.staleAt) throw refused(endpoint);
    return { header, challenges, staleAt: now() + BASIC_LIFE };
  }

  async function fetchToken(renewal: Renewal, bearer: Challenge, credential: Credential | undefined): Promise<Login> {
    const { name, endpoint, rejected, challenges } = renewal;
    if (rejected !== undefined && bearer.parameters.get("error") === "insufficient_scope") throw refused(endpoint);
    const realm = realmOf(bearer, endpoint, options.trustedRealms);
    const scope = `repository:${name.repository}:pull`;
    const asked = now();
    const answer = await options.askRealm(
      tokenRequest(realm, bearer.parameters.get("service"), scope, credential),
      endpoint,
    );
    const { value, life } = parseToken(answer);
    return { header: `Bearer ${value}`, challenges, staleAt: asked + life * 1_000 * USEFUL_LIFE };
  }

  return {
    renew,
    async current(name, endpoint) {
      const login = await logins.get(`${name.registry}/${name.repository}`);
      if (login === undefined || now() < login.staleAt) return login;
      return renew({ name, endpoint, rejected: login, challenges: login.challenges });
    },
  };
}

/** Registries lock an account out that keeps trying a wrong password (GitLab: after 30 times in 3 minutes). */
const REFUSED_LOGINS = { threshold: 5, pause: 5 * 60_000 };

/** Stops trying a credential for a while that was refused several times in a row. */
function createAttempts(now: () => number) {
  const refusals = new Map<string, Breaker>();
  return {
    async count(endpoint: Endpoint, credential: Credential | undefined, login: () => Promise<Login>): Promise<Login> {
      if (credential === undefined) return login();
      const key = `${endpoint.registry} ${basicAuthorization(credential)}`;
      if (pauseLeft(refusals.get(key) ?? CLOSED, now()) > 0) throw refused(endpoint);
      try {
        return await login();
      } catch (error) {
        if (isAppError(error, "DENIED")) {
          refusals.set(key, settle(refusals.get(key) ?? CLOSED, { kind: "failed" }, REFUSED_LOGINS, now()));
        }
        throw error;
      }
    },
  };
}

function refused(endpoint: Endpoint): AppError {
  return new AppError("DENIED", `${endpoint.registry} refuses the login`);
}
