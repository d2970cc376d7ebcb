import type { RepositoryId } from "../core/repository.ts";

/** How people say by GitHub who they are. */
export interface Logins {
  /** Where a browser is sent. `challenge`: the S256 hash of the verifier that comes with the code (RFC 7636). */
  address(state: string, challenge: string): string;
  /** Who came back with a code. INPUT when GitHub does not take it. */
  person(code: string, verifier: string): Promise<Person>;
}

export interface Person {
  readonly login: string;
  /** The repositories of our installations that they were given to read. */
  readonly repositories: readonly RepositoryId[];
}
