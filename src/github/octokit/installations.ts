import { isAppError } from "../../core/errors.ts";
import type { Repository } from "../../core/repository.ts";
import type { Installations } from "../github.ts";
import type { Client } from "./client.ts";
import { statusOf } from "./errors.ts";

/** What the two lists of repositories say of each. */
interface Listed {
  readonly id: number;
  readonly name: string;
  readonly owner: { readonly login: string };
  readonly default_branch: string;
  readonly private: boolean;
  readonly archived: boolean;
}

/** `served`: the accounts that the operator lists; without a list, the App's owner alone. */
export function createInstallations(client: Client, host: string, served?: readonly string[]): Installations {
  const accounts = async () =>
    new Set((served ?? [(await client.identity()).owner]).map((login) => login.toLowerCase()));
  const name = (installation: number, listed: Listed): Repository => ({
    host,
    installation,
    repository: listed.id,
    owner: listed.owner.login,
    name: listed.name,
    defaultBranch: listed.default_branch,
    private: listed.private,
    archived: listed.archived,
  });

  return {
    accounts,

    async *repositories() {
      const { app } = client;
      const known = await accounts();
      for await (const { data } of app.paginate.iterator(app.rest.apps.listInstallations, { per_page: 100 })) {
        for (const { id, suspended_at, account } of data) {
          const login = account !== null && "login" in account ? account.login : undefined;
          if (suspended_at === null && login !== undefined && known.has(login.toLowerCase())) yield* repositoriesOf(id);
        }
      }
    },

    /** By the list of a token that reaches this one repository: GitHub finds it by id, whatever its name is now. */
    async repository({ installation, repository }) {
      try {
        const { data } = await client
          .on({ host, installation, repository }, "look")
          .rest.apps.listReposAccessibleToInstallation({ per_page: 1 });
        const found = data.repositories.find(({ id }) => id === repository);
        return found === undefined ? undefined : name(installation, found);
      } catch (error) {
        if (isGone(error)) return undefined;
        throw error;
      }
    },
  };

  async function* repositoriesOf(installation: number): AsyncIterable<Repository> {
    const octokit = client.across(installation);
    for await (const { data } of octokit.paginate.iterator("GET /installation/repositories", { per_page: 100 })) {
      for (const listed of data) yield name(installation, listed);
    }
  }
}

/** No such installation; or none of its tokens may reach this repository; or it is suspended. */
function isGone(error: unknown): boolean {
  const status = statusOf(error);
  return (
    status === 404 ||
    status === 422 ||
    (status === 403 && isAppError(error, "DENIED") && /suspended/i.test(error.message))
  );
}
