import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { type AppManifest, type Conversion, LONGEST_NAME, manifestOf } from "../config/app-manifest.ts";
import type { GitHubPlace } from "../config/github-place.ts";
import type { Tier } from "../config/tier.ts";
import { AppError } from "../core/errors.ts";
import { plainText } from "../core/text/plain-text.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { type Output, printLine, printNote } from "./output.ts";
import { shakeHands } from "./setup/handshake.ts";
import { claimFolder, type SecretsFolder } from "./setup/secrets-folder.ts";
import type { LocalTools } from "./tools.ts";

export interface SetupArguments {
  /** Where Oakum will be reached, as the person wrote it. */
  readonly url: string;
  /** The organisation that shall own the App; absent: the person's own account. */
  readonly organisation?: string | undefined;
  /** A GitHub Enterprise Server's host. */
  readonly host?: string | undefined;
  readonly tier: Tier;
  readonly name?: string | undefined;
  /** The folder of the secrets. */
  readonly out: string;
  /** Whether a browser is opened. */
  readonly open: boolean;
  readonly output: Output;
}

const HOST = /^[a-z0-9.-]+(:\d{1,5})?$/;
const LOGIN = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,37}[A-Za-z0-9])?$/;
/** GitHub keeps a manifest's code for an hour; nobody waits longer for it. */
const PATIENCE = 3_600_000;

/**
 * `oakum setup`: registers the GitHub App by GitHub's manifest flow, and keeps its secrets in files that only this user can
 * read. Prints none of them. INPUT for what cannot be, before anything is asked of GitHub.
 */
export async function runSetup(args: SetupArguments, tools: Pick<LocalTools, "githubAt" | "convertManifest">) {
  const address = addressOf(args.url);
  check(args.host === undefined || HOST.test(args.host), "--host: write a host in lower case");
  check(args.organisation === undefined || LOGIN.test(args.organisation), "--org: write an organisation's login");
  const name = args.name ?? `oakum-${args.organisation ?? randomBytes(3).toString("hex")}`.slice(0, LONGEST_NAME);
  check(name.length <= LONGEST_NAME && /^[\w .-]+$/.test(name), `--name: at most ${LONGEST_NAME} plain characters`);
  const { place: github, variables } = tools.githubAt(args.host);
  const folder = await claimFolder(resolve(args.out));
  const interrupted = interruption();
  try {
    const app = await shakeHands({
      form: (redirect, state) => formOf(github, args, manifestOf(args.tier, { name, address, redirect }), state),
      begin: (url) => begin(args, url),
      complete: async (code) => {
        const app = await tools.convertManifest(github.api, code);
        return keep(folder, ownedBy(args.organisation, app), github, variables);
      },
      signal: AbortSignal.any([interrupted, AbortSignal.timeout(PATIENCE)]),
    });
    return tell(args.output, app, folder.path, address, github);
  } catch (error) {
    if (!interrupted.aborted) throw error;
    printNote(args.output, "oakum: ended before the App was registered");
    return EXIT.pending;
  } finally {
    await folder.abandon();
  }
}

function check(holds: boolean, otherwise: string): void {
  if (!holds) throw new AppError("INPUT", otherwise);
}

/** Without a slash at its end. GitHub delivers to what the internet reaches only. */
function addressOf(text: string): string {
  const url = URL.parse(text);
  const isPlain = url !== null && url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  check(isPlain && url.protocol === "https:", "--url: write the address at which GitHub reaches Oakum, with https://");
  return String(url).replace(/\/+$/, "");
}

function formOf(github: GitHubPlace, { organisation }: SetupArguments, manifest: AppManifest, state: string) {
  const path = organisation === undefined ? "" : `/organizations/${organisation}`;
  return { action: `${github.web}${path}/settings/apps/new?state=${state}`, manifest: JSON.stringify(manifest) };
}

function begin({ output, open, tier }: SetupArguments, url: string): void {
  printLine(output, `Register the App (tier ${tier}) in a browser on this machine, at`);
  printLine(output, url);
  if (open) openBrowser(url);
}

/** Where there is a browser. The address is printed, so it does not matter when there is none. */
function openBrowser(url: string): void {
  const [command, ...args] = process.platform === "darwin" ? ["open"] : ["xdg-open"];
  if (command === undefined) return;
  const child = spawn(command, [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => {});
  child.unref();
}

/** The form is the browser's: it may have been sent for another account, or by somebody else. */
function ownedBy(organisation: string | undefined, app: Conversion): Conversion {
  const { login } = app.owner;
  if (organisation === undefined || login.toLowerCase() === organisation.toLowerCase()) return app;
  const what = `the App ${app.slug} was registered for ${plainText(login, 100)}, not for ${organisation}`;
  throw new AppError("INPUT", `${what}; none of its secrets were kept: delete it at ${app.html_url} and begin again`);
}

async function keep(
  folder: SecretsFolder,
  app: Conversion,
  github: GitHubPlace,
  variables: Readonly<Record<string, string>>,
): Promise<Conversion> {
  try {
    await folder.write(app, github, variables);
    return app;
  } catch (error) {
    const what = `the App ${app.slug} is registered, but not all of its secrets could be written to ${folder.path}`;
    throw new AppError("UNAVAILABLE", `${what}: delete it at ${app.html_url} and begin again`, { cause: error });
  }
}

function tell(output: Output, app: Conversion, folder: string, address: string, github: GitHubPlace): ExitCode {
  const lines = [
    "",
    `The App ${app.slug} is registered. Its secrets are in ${folder}, for you alone to read.`,
    "",
    `1. Start it where GitHub reaches it as ${address}, on this machine:`,
    `     set -a; . ${folder}/oakum.env; set +a; bin/oakum serve`,
    "   or as a container, by the image that docker build -t oakum . makes:",
    "     mkdir -m 700 oakum-data",
    '     docker run -d -p 3000:3000 --user "$(id -u):$(id -g)" -v ./oakum-data:/data \\',
    `       -v ${folder}:${folder}:ro --env-file ${folder}/oakum.env oakum`,
    `2. Install it: ${installAt(app, github)}`,
    "",
    "Nothing happens then but looking, until a repository says mode: propose.",
  ];
  for (const line of lines) output.out(`${line}\n`);
  return EXIT.done;
}

/** GitHub names the App's own page, unless it is another host's. */
function installAt({ html_url, slug }: Conversion, { web }: GitHubPlace): string {
  const home = new URL(html_url).origin === new URL(web).origin ? html_url : `${web}/apps/${slug}`;
  return `${home.replace(/\/+$/, "")}/installations/new`;
}

function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(name, () => controller.abort());
  return controller.signal;
}
