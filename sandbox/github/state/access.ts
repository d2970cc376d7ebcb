import type { Json } from "./json.ts";

export type Permissions = Readonly<Record<string, string>>;

export interface App {
  readonly id: number;
  readonly slug: string;
  readonly owner: string;
  /** PEM; its private half signs the App's JWTs. An App without one (GitHub Actions) cannot log in. */
  readonly publicKey: string;
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly createdAt: string;
  /** By which it proves who it is when a person logs in, and where such a person is sent back to. */
  readonly clientSecret?: string;
  readonly callbackUrls?: readonly string[];
}

/** What a person who logs in to an App brings it, to be exchanged for a token. */
export interface Authorization {
  /** The code. */
  readonly id: string;
  readonly app: number;
  readonly login: string;
  /** The S256 hash of its verifier, where the App sent one. */
  readonly challenge: string | null;
  readonly expiresAt: string;
}

/** An App that was registered from a manifest, until its secrets were fetched. */
export interface Registration {
  /** The code. */
  readonly id: string;
  readonly app: number;
  /** PEM of the private key. */
  readonly pem: string;
  readonly clientSecret: string;
  readonly expiresAt: string;
}

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: "Organization" | "User" | "Bot";
}

export interface Team {
  readonly id: number;
  /** The organisation that it is of. */
  readonly owner: string;
  readonly slug: string;
}

export interface Installation {
  readonly id: number;
  readonly app: number;
  readonly account: string;
  readonly repositories: "all" | readonly number[];
  readonly permissions: Permissions;
  readonly events: readonly string[];
  readonly createdAt: string;
  /** Set while its account lets it do nothing. */
  readonly suspendedAt?: string | null;
}

/** A token that was given out: an installation's, narrowed and short-lived, or a person's. */
export type Token =
  | {
      readonly id: string;
      readonly kind: "installation";
      readonly installation: number;
      readonly repositories: "all" | readonly number[];
      readonly permissions: Permissions;
      readonly expiresAt: string;
    }
  | {
      readonly id: string;
      readonly kind: "user";
      readonly login: string;
      readonly repositories: "all" | readonly number[];
      /** The App that the person logged in to, which has nothing by it but what it may ask in their name. */
      readonly app?: number;
      readonly expiresAt?: string;
    };

export interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly app: number;
  readonly installation: number | null;
  readonly repository: number | null;
  readonly event: string;
  readonly action: string | null;
  readonly payload: Json;
  readonly redelivery: boolean;
  readonly createdAt: string;
  /** `undefined` until it was attempted; `code` 0 when the receiver could not be reached. */
  readonly answer?: { readonly code: number; readonly text: string; readonly seconds: number; readonly url: string };
}
