/** What a token may do, by GitHub's names of permissions. */
export type Permissions = Readonly<Record<string, "read" | "write">>;

/** How far a token reaches. No `repository` means every repository of the installation. */
export interface Scope {
  readonly installation: number;
  readonly repository?: number;
  readonly permissions: Permissions;
}

export interface Tokens {
  /** A token of exactly this scope; another one than `refused`, when GitHub would not have that one. */
  get(scope: Scope, refused?: string): Promise<string>;
}

export interface Token {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

const SPARE = 5 * 60_000;
const MOST_KEPT = 2000;

/**
 * Installation tokens, each kept until five minutes before it expires and asked for once however many wait for it.
 * Not @octokit/auth-app's: that one keeps by our clock instead of by `expires_at`, and shares what is under way between
 * Apps and hosts by the installation's number alone.
 */
export function createTokens(request: (scope: Scope) => Promise<Token>, now: () => number): Tokens {
  const kept = new Map<string, { readonly answer: Promise<Token>; token?: Token }>();

  function ask(key: string, scope: Scope): Promise<Token> {
    forgetExpired();
    const entry: { answer: Promise<Token>; token?: Token } = { answer: request(scope) };
    kept.set(key, entry);
    entry.answer.then(
      (token) => {
        entry.token = token;
      },
      () => {
        if (kept.get(key) === entry) kept.delete(key);
      },
    );
    return entry.answer;
  }

  function forgetExpired(): void {
    if (kept.size < MOST_KEPT) return;
    for (const [key, { token }] of kept) if (token !== undefined && token.expires - SPARE <= now()) kept.delete(key);
  }

  return {
    async get(scope, refused) {
      const key = scopeKey(scope);
      const entry = kept.get(key);
      const stale =
        entry?.token !== undefined && (entry.token.token === refused || entry.token.expires - SPARE <= now());
      const token = await (entry === undefined || stale ? ask(key, scope) : entry.answer);
      return token.token;
    },
  };
}

function scopeKey({ installation, repository, permissions }: Scope): string {
  return JSON.stringify([installation, repository, Object.entries(permissions).toSorted()]);
}
