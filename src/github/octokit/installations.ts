import { z } from "zod";
import { AppError } from "../../core/errors.ts";
import type { Repository } from "../../core/repository.ts";
import type { Account, Installations } from "../installations.ts";
import { type Client, named } from "./client.ts";
import { statusOf } from "./errors.ts";
import { headsOf } from "./heads.ts";

/** What the two lists of repositories say of each. */
interface Listed {
  readonly id: number;
  readonly name: string;
  readonly owner: { readonly login: string };
  readonly default_branch: string;
  readonly private: boolean;
  readonly visibility?: string;
  readonly archived: boolean;
  readonly custom_properties?: unknown;
}

/** Milliseconds for which it counts what an installation was said to let us do. */
const FRESH = 300_000;

interface InstallationsOptions {
  readonly host: string;
  now(): number;
  /** Logins and ids that the operator lists; without a list, the App's owner alone is served, by its id. */
  readonly accounts?: readonly (string | number)[] | undefined;
}

export function createInstallations(client: Client, { host, now, accounts }: InstallationsOptions): Installations {
  const granted = new Map<number, { readonly permissions: Readonly<Record<string, string>>; readonly at: number }>();
  const served = async () => anyOf(accounts ?? [await ownerOf(client)]);
  const name = (installation: number, listed: Listed): Repository => ({
    host,
    installation,
    repository: listed.id,
    owner: listed.owner.login,
    name: listed.name,
    defaultBranch: listed.default_branch,
    private: listed.private,
    ...(listed.visibility === "internal" && { internal: true }),
    archived: listed.archived,
    ...propertiesOf(listed.custom_properties),
  });

  async function* list(): AsyncGenerator<number> {
    const { app } = client;
    const isServed = await served();
    for await (const { data } of app.paginate.iterator(app.rest.apps.listInstallations, { per_page: 100 })) {
      for (const { id, account, permissions } of data) {
        // An enterprise has no login, and no repositories.
        const isOurs = account !== null && "login" in account && isServed(account);
        if (isOurs) granted.set(id, { permissions: permissionsOf(permissions), at: now() });
        if (isOurs) yield id;
      }
    }
  }

  return {
    served,

    app: async () => (await client.identity()).id,

    list,

    async grants(installation) {
      const known = granted.get(installation);
      if (known !== undefined && Math.abs(now() - known.at) < FRESH) return known.permissions;
      granted.delete(installation);
      // The list says it of all of them, in one question for a hundred.
      for await (const id of list()) if (id === installation) break;
      return granted.get(installation)?.permissions ?? {};
    },

    async *repositories(installation) {
      const octokit = client.across(installation, "look");
      for await (const { data } of octokit.paginate.iterator("GET /installation/repositories", { per_page: 100 })) {
        for (const listed of data) yield name(installation, listed);
      }
    },

    heads: (installation, repositories) => headsOf(client.across(installation, "heads"), repositories),

    /** By the list of a token that reaches this one repository: GitHub finds it by id, whatever its name is now. */
    async repository({ installation, repository }) {
      try {
        const { data } = await client
          .on({ host, installation, repository }, "look")
          .rest.apps.listReposAccessibleToInstallation({ per_page: 1 });
        const found = data.repositories.find(({ id }) => id === repository);
        return found && (await withProperties(client, name(installation, found)));
      } catch (error) {
        if (isGone(error)) return undefined;
        throw error;
      }
    },
  };
}

/** The repository with its custom properties, asked for themselves where a server leaves them out of the list. */
async function withProperties(client: Client, repository: Repository): Promise<Repository> {
  if (repository.properties !== undefined) return repository;
  const { data } = await client.on(repository, "look").rest.repos.get(named(repository));
  return { ...repository, ...propertiesOf(data.custom_properties) };
}

/** What GitHub says of custom properties; one that is not set is none, and without a word of them nothing is known. */
function propertiesOf(said: unknown): Pick<Repository, "properties"> {
  const parsed = z.record(z.string(), z.union([z.string(), z.array(z.string()), z.null()])).safeParse(said);
  if (!parsed.success) return {};
  const set = Object.entries(parsed.data).flatMap(([name, value]) => (value === null ? [] : [[name, value] as const]));
  return { properties: Object.fromEntries(set) };
}

function permissionsOf(said: object | undefined): Readonly<Record<string, string>> {
  return z.record(z.string(), z.string()).catch({}).parse(said);
}

function anyOf(accounts: readonly (string | number)[]): (account: Account) => boolean {
  const known = new Set(accounts.map((one) => (typeof one === "string" ? one.toLowerCase() : one)));
  return ({ id, login }) => known.has(id) || known.has(login.toLowerCase());
}

async function ownerOf(client: Client): Promise<number> {
  const { owner } = await client.identity();
  if (owner === undefined) throw new AppError("INPUT", "the App belongs to an enterprise: list the accounts to serve");
  return owner;
}

/** No such installation; or none of its tokens may reach this repository. */
function isGone(error: unknown): boolean {
  const status = statusOf(error);
  return status === 404 || status === 422;
}
