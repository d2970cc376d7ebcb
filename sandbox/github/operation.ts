import type { RestEndpointMethodTypes } from "@octokit/rest";
import type { Actor } from "./access/actor.ts";
import type { Permission } from "./access/permission.ts";
import type { App } from "./state/access.ts";
import type { Repository } from "./state/repository.ts";
import type { World } from "./world.ts";

/** What a handler answers. A string or bytes are sent as they are, anything else as JSON. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Other pages of this list, by their relation. */
  readonly links?: readonly (readonly [relation: string, page: number])[];
  /** Where the next page of a list by cursor starts. */
  readonly cursor?: string;
  /** Other than JSON. */
  readonly type?: string;
  /** Whether a GraphQL request changed something. */
  readonly changed?: boolean;
  /** The process that asked was killed: its connection ends without an answer. */
  readonly withheld?: boolean;
}

export interface Call<Parameters> {
  readonly world: World;
  readonly actor: Actor;
  /** Path, query and body in one, already checked against the contract. */
  readonly parameters: Parameters;
  /** The `Accept` header. */
  readonly accept: string;
}

/** A call that proves nothing but what its parameters do. */
export type OpenCall<Parameters> = Omit<Call<Parameters>, "actor">;
export type RepositoryCall<Parameters> = Call<Parameters> & { readonly repository: Repository };
export type AppCall<Parameters> = Call<Parameters> & { readonly app: App };

/** One operation of the API: who may call it, and what it does. */
export type Operation =
  | {
      readonly of: "repository";
      readonly needs: readonly Permission[];
      readonly handle: Handler<RepositoryCall<unknown>>;
    }
  | { readonly of: "app"; readonly needs: readonly []; readonly handle: Handler<AppCall<unknown>> }
  | { readonly of: "anyone"; readonly needs: readonly []; readonly handle: Handler<OpenCall<unknown>> }
  | { readonly of: "account"; readonly needs: readonly Permission[]; readonly handle: Handler<Call<unknown>> };

/** Operations by GitHub's operation id. */
export type Operations = Readonly<Record<string, Operation>>;

type Handler<C> = (call: C) => Answer | Promise<Answer>;

type Camel<S extends string> = S extends `${infer A}-${infer B}` ? `${A}${Capitalize<Camel<B>>}` : S;
type Methods = RestEndpointMethodTypes;
type Method<Id extends string> = Id extends `${infer Scope}/${infer Name}`
  ? Camel<Scope> extends keyof Methods
    ? Camel<Name> extends keyof Methods[Camel<Scope>]
      ? Methods[Camel<Scope>][Camel<Name>]
      : never
    : never
  : never;
/** What Octokit's method for an operation takes. */
export type ParametersOf<Id extends string> = Method<Id> extends { parameters: infer P } ? P : never;

/** An operation on one repository, for actors with one of the permissions in `needs`. */
export function onRepository<Id extends string>(
  id: Id,
  needs: readonly Permission[],
  handle: Handler<RepositoryCall<ParametersOf<Id>>>,
): Operations {
  return { [id]: { of: "repository", needs, handle: handle as Handler<RepositoryCall<unknown>> } };
}

/** An operation of an App on itself, by its JWT. */
export function asApp<Id extends string>(id: Id, handle: Handler<AppCall<ParametersOf<Id>>>): Operations {
  return { [id]: { of: "app", needs: [], handle: handle as Handler<AppCall<unknown>> } };
}

/** An operation without a login. */
export function forAnyone<Id extends string>(id: Id, handle: Handler<OpenCall<ParametersOf<Id>>>): Operations {
  return { [id]: { of: "anyone", needs: [], handle: handle as Handler<OpenCall<unknown>> } };
}

/** An operation on what a token's account has. */
export function onAccount<Id extends string>(
  id: Id,
  needs: readonly Permission[],
  handle: Handler<Call<ParametersOf<Id>>>,
): Operations {
  return { [id]: { of: "account", needs, handle: handle as Handler<Call<unknown>> } };
}
