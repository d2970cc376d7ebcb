import { AppError } from "../../core/errors.ts";
import type { ImageName } from "../../core/reference.ts";
import type { Credential } from "../registry.ts";
import { createAttempts } from "./attempts.ts";
import type { Challenge } from "./challenge.ts";
import type { Endpoint } from "./endpoint.ts";
import { realmOf, type TrustedRealms } from "./realm.ts";
import { basicAuthorization, parseToken, type TokenRequest, tokenRequest } from "./token.ts";

/** What lets us in: an Authorization header for one repository, and when it should be renewed (milliseconds since the epoch). */
export interface Login {
  readonly header: string;
  readonly challenges: readonly Challenge[];
  readonly staleAt: number;
  /** Whose login it is; `undefined` for an anonymous one. */
  readonly account: string | undefined;
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
  /** The registry took this login. */
  accepted(login: Login): void;
}

interface AuthorizerOptions {
  readonly credentials: (name: ImageName) => Promise<Credential | undefined>;
  readonly trustedRealms: TrustedRealms;
  readonly now: () => number;
  /** Asks a token server; `undefined` when it refuses the login. */
  readonly askRealm: (request: TokenRequest, endpoint: Endpoint) => Promise<Uint8Array | undefined>;
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
    const credential = await options.credentials(name);
    const account = credential && `${endpoint.registry} ${basicAuthorization(credential)}`;
    if (account !== undefined && !attempts.mayTry(account)) throw refused(endpoint);
    const bearer = challenges.find(({ scheme }) => scheme === "bearer");
    const basic = challenges.some(({ scheme }) => scheme === "basic") ? credential : undefined;
    if (bearer === undefined && basic === undefined) {
      throw new AppError("DENIED", `${endpoint.registry} asks for a login, and there is none for it`);
    }
    const login = bearer ? await fetchToken(renewal, bearer, credential) : basic && basicLogin(renewal, basic);
    if (login !== undefined) return { ...login, challenges, account };
    if (account !== undefined) attempts.refused(account);
    throw refused(endpoint);
  }

  /** `undefined` when this very login was refused just now. */
  function basicLogin({ rejected }: Renewal, credential: Credential) {
    const header = basicAuthorization(credential);
    const known = header === rejected?.header && now() < rejected.staleAt;
    return known ? undefined : { header, staleAt: now() + BASIC_LIFE };
  }

  /** `undefined` when the token server refuses the credential. */
  async function fetchToken(
    { name, endpoint, rejected }: Renewal,
    bearer: Challenge,
    credential: Credential | undefined,
  ) {
    if (rejected !== undefined && bearer.parameters.get("error") === "insufficient_scope") throw refused(endpoint);
    const realm = realmOf(bearer, endpoint, options.trustedRealms);
    const scope = `repository:${name.repository}:pull`;
    const asked = now();
    const answer = await options.askRealm(
      tokenRequest(realm, bearer.parameters.get("service"), scope, credential),
      endpoint,
    );
    if (answer === undefined) return undefined;
    const { value, life } = parseToken(answer);
    return { header: `Bearer ${value}`, staleAt: asked + life * 1_000 * USEFUL_LIFE };
  }

  return {
    renew,
    accepted: ({ account }) => account !== undefined && attempts.accepted(account),
    async current(name, endpoint) {
      const login = await logins.get(`${name.registry}/${name.repository}`);
      if (login === undefined || now() < login.staleAt) return login;
      return renew({ name, endpoint, rejected: login, challenges: login.challenges });
    },
  };
}

function refused(endpoint: Endpoint): AppError {
  return new AppError("DENIED", `${endpoint.registry} refuses the login`);
}
