import { Refusal } from "../refusal.ts";
import type { App, Installation, Permissions } from "../state/access.ts";
import type { Repository } from "../state/repository.ts";
import { actionsApp, type World } from "../world.ts";
import { authenticateApp } from "./jwt.ts";

/** Who sent a request. */
export type Actor =
  | { readonly kind: "app"; readonly app: App }
  | {
      readonly kind: "installation";
      readonly app: App;
      readonly installation: Installation;
      readonly repositories: "all" | readonly number[];
      readonly permissions: Permissions;
      readonly token: string;
    }
  | {
      readonly kind: "user";
      readonly login: string;
      readonly repositories: "all" | readonly number[];
      /** The App that they logged in to, and that acts in their name. */
      readonly app?: number;
    };

/** The login under which an actor's doings appear. */
export function loginOf(actor: Actor): string {
  return actor.kind === "user" ? actor.login : botLogin(actor.app);
}

export function botLogin(app: { readonly slug: string }): string {
  return `${app.slug}[bot]`;
}

/** The App an actor acts as; GitHub's own CI is one too. */
export function appOf(world: World, actor: Actor): App | undefined {
  if (actor.kind !== "user") return actor.app;
  return actor.login === botLogin(actionsApp) ? world.state.get("app", actionsApp.id) : undefined;
}

/** Who an `Authorization` header stands for. Throws 401 for a bad, expired or missing credential. */
export function authenticate(world: World, header: string | undefined): Actor {
  const credential = readCredential(header);
  if (credential === undefined) throw new Refusal(401, "Requires authentication");
  if (credential.split(".").length === 3) {
    const find = (issuer: string) =>
      world.state.find("app", (app) => String(app.id) === issuer || clientId(app) === issuer);
    return { kind: "app", app: authenticateApp(credential, find, world.now()) };
  }
  return authenticateToken(world, credential);
}

export function clientId(app: { readonly id: number }): string {
  return `Iv1.${app.id.toString(16).padStart(16, "0")}`;
}

function readCredential(header: string | undefined): string | undefined {
  const [scheme = "", credential] = (header ?? "").split(" ");
  if (credential === undefined) return undefined;
  if (/^(bearer|token)$/i.test(scheme)) return credential;
  // Git and some CI send the token as a password.
  return /^basic$/i.test(scheme) ? Buffer.from(credential, "base64").toString().split(":").at(-1) : undefined;
}

function authenticateToken(world: World, credential: string): Actor {
  const token = world.state.get("token", credential);
  if (token === undefined) throw new Refusal(401, "Bad credentials");
  if (token.kind === "user") {
    if (Date.parse(token.expiresAt ?? "") <= world.now()) throw new Refusal(401, "Bad credentials");
    const { login, repositories, app } = token;
    return { kind: "user", login, repositories, ...(app !== undefined && { app }) };
  }
  const installation = world.state.get("installation", token.installation);
  const app = installation && world.state.get("app", installation.app);
  if (installation === undefined || app === undefined || Date.parse(token.expiresAt) <= world.now()) {
    throw new Refusal(401, "Bad credentials");
  }
  refuseSuspended(installation);
  const { repositories, permissions } = token;
  return { kind: "installation", app, installation, repositories, permissions, token: token.id };
}

/** A suspended installation gets no token, and those that it has do nothing. */
export function refuseSuspended({ suspendedAt }: Installation): void {
  if (suspendedAt) throw new Refusal(403, "This installation has been suspended");
}

/** Whether an actor's credential reaches a repository at all: what it does not reach does not exist for it. */
export function reaches(actor: Actor, repository: Repository): boolean {
  if (actor.kind === "app") return false;
  const listed = actor.repositories === "all" || actor.repositories.includes(repository.id);
  return listed && (actor.kind === "user" || covers(actor.installation, repository));
}

/** Whether an installation covers a repository. */
export function covers(installation: Installation, repository: Repository): boolean {
  if (installation.account.toLowerCase() !== repository.owner.toLowerCase()) return false;
  return installation.repositories === "all" || installation.repositories.includes(repository.id);
}
