import { userInfo } from "node:os";
import { openRegistries } from "./app/checkout.ts";
import { MANAGERS } from "./app/managers.ts";
import { openControl } from "./app/store.ts";
import type { LocalTools } from "./cli/tools.ts";
import type { Variables } from "./config/environment.ts";
import { githubOf } from "./config/github-place.ts";

/** The only composition root, with the folder beside it: everything that exists is listed here, and loaded only when it is needed. */

/** What the commands that work on a checkout or on the store need. */
export function localTools(variables: Variables): LocalTools {
  return {
    managers: MANAGERS,
    openRegistries: (allowed) => openRegistries(allowed, variables),
    openControl: () => openControl(variables),
    startApp: async () => {
      const { startApp } = await import("./app/start.ts");
      return startApp(variables);
    },
    startWorker: async () => {
      const { startWorkerOnly } = await import("./app/start.ts");
      return startWorkerOnly(variables);
    },
    githubAt: (host) => githubAt(host, variables),
    convertManifest: async (api, code) => {
      const { convertManifest } = await import("./github/octokit/app-manifest.ts");
      return convertManifest(api, code, fetch);
    },
    port: variables.PORT ?? "3000",
    user: userOf(variables),
    now: Date.now,
  };
}

/** Behind `sudo`, whoever called it; in a container a user may have no name. */
function userOf({ SUDO_USER }: Variables): string {
  const name = nameOf(process.geteuid?.());
  return SUDO_USER ? `${SUDO_USER} (as ${name})` : name;
}

function nameOf(uid: number | undefined): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${uid}`;
  }
}

function githubAt(host: string | undefined, { GHE_HOST, OAKUM_GITHUB_URL: url }: Variables) {
  const place = githubOf((host ?? GHE_HOST) || undefined, url || undefined);
  return { place, variables: url ? { OAKUM_GITHUB_URL: url } : {} };
}
