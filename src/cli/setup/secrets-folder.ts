import { chmod, mkdir, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Conversion } from "../../config/app-manifest.ts";
import type { GitHubPlace } from "../../config/github-place.ts";
import { AppError } from "../../core/errors.ts";

/** What a path may hold so that shells and Docker read `oakum.env` alike: neither of them unquotes as the other does. */
const PLAIN_PATH = /^[\w./+@%:-]+$/;

/** A new folder for the App's secrets, which only its owner may look into. */
export interface SecretsFolder {
  readonly path: string;
  /** Writes the secrets, each a file of its own, and `oakum.env`, which names them and holds none. */
  write(app: Conversion, github: GitHubPlace, variables: Readonly<Record<string, string>>): Promise<void>;
  /** Takes the folder away again, if nothing was written. */
  abandon(): Promise<void>;
}

/**
 * Makes the folder before anything is asked of GitHub: it gives an App's secrets once, and then they must have a place.
 * INPUT when there is something at `path` already: nothing is ever written over.
 */
export async function claimFolder(path: string): Promise<SecretsFolder> {
  if (!PLAIN_PATH.test(path))
    throw new AppError("INPUT", `${path}: name a folder without spaces and quotes in its path`);
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    throw new AppError("INPUT", `${path}: ${whyNot(error)}`, { cause: error });
  }
  // The process's umask may have taken more away, and a folder's own bits may have added some.
  await chmod(path, 0o700);
  return {
    path,
    write: (app, github, variables) => write(path, app, github, variables),
    abandon: () => rmdir(path).catch(() => {}),
  };
}

function whyNot(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EEXIST") return "there is something already, which is not written over; name another folder with --out";
  if (code === "ENOENT") return "the folder above it does not exist";
  return `the folder cannot be made (${String(code)})`;
}

async function write(
  folder: string,
  app: Conversion,
  github: GitHubPlace,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const file = (name: string) => join(folder, name);
  const environment = {
    APP_ID: String(app.id),
    PRIVATE_KEY_FILE: file("private-key.pem"),
    WEBHOOK_SECRET_FILE: file("webhook-secret"),
    CLIENT_ID: app.client_id,
    CLIENT_SECRET_FILE: file("client-secret"),
    ...(github.host !== "github.com" && { GHE_HOST: github.host }),
    ...variables,
  };
  const contents = {
    "private-key.pem": app.pem,
    "webhook-secret": `${app.webhook_secret}\n`,
    "client-secret": `${app.client_secret}\n`,
    "client-id": `${app.client_id}\n`,
    "app-id": `${app.id}\n`,
    "oakum.env": Object.entries(environment)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(""),
  };
  for (const [name, content] of Object.entries(contents)) {
    await writeFile(file(name), content, { mode: 0o600, flag: "wx", flush: true });
  }
}
