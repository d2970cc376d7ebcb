import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { TIERS } from "../config/app-manifest.ts";
import { isAppError } from "../core/errors.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { type Output, printNote } from "./output.ts";
import type { Screen } from "./screen.ts";
import type { SetupArguments } from "./setup.ts";
import type { LocalTools } from "./tools.ts";

export interface Terminal extends Screen {
  out(text: string): void;
  err(text: string): void;
}

/** Runs the command line, and answers with the exit code. Each command is loaded only when it is run. */
export async function runProgram(args: readonly string[], tools: LocalTools, terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const program = createProgram(tools, terminal, (exit) => {
    code = exit;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    return exitOf(error, { ...terminal, json: false });
  }
}

const EXAMPLES = `
On any checkout:
  oakum list                    what it uses
  oakum plan                    what would change, and why not the rest
  oakum explain Dockerfile:1    which rule decided

On an organisation (docs/onboarding.md):
  oakum setup --url https://…   registers the App, and says how to start it

Exit codes: 0 done, 1 there are updates or uses that are exposed, 2 bad usage or input,
3 something could not be asked, 70 a bug. docs/command-line.md has them for each command.
`;
const JSON_OPTION = ["--json", "JSON Lines on stdout"] as const;

interface Options {
  readonly all?: boolean;
  readonly json?: boolean;
  readonly allowRegistry?: readonly string[];
}

interface SetupOptions extends Omit<SetupArguments, "organisation" | "output"> {
  readonly org?: string;
}

interface ExplainOptions {
  readonly organisation?: string;
  readonly repository?: string;
  readonly property?: Readonly<Record<string, readonly string[]>>;
  readonly tags?: boolean;
}

/** What the actions of the commands work with. */
interface Scene {
  readonly tools: LocalTools;
  outputOf(options: Options): Output;
  done(exit: ExitCode): void;
}

function createProgram(tools: LocalTools, terminal: Terminal, done: (exit: ExitCode) => void): Command {
  const program = new Command("oakum")
    .description("Keeps the container images of an organisation patched.")
    .helpCommand(false)
    .configureHelp({ subcommandTerm: termOf })
    .showHelpAfterError("oakum: --help shows how it is used")
    .addHelpText("after", EXAMPLES)
    .version(manifest.version, "-V, --version", "the version of Oakum")
    .exitOverride()
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      outputError: (text, write) => write(text.replace(/^error: /, "oakum: ")),
    });
  const scene: Scene = { tools, done, outputOf: ({ json = false }) => ({ ...terminal, json }) };
  addReadingCommands(program, scene);
  addPlanningCommands(program, scene);
  addAppCommands(program, scene);
  addStoreCommands(program, scene);
  addPauseCommands(program, scene);
  return program;
}

/** A command and what it takes: that it has options its own help says. */
function termOf(command: Command): string {
  const taken = command.registeredArguments.map((one) => (one.required ? `<${one.name()}>` : `[${one.name()}]`));
  return [command.name(), ...taken].join(" ");
}

/** The commands that run the App, or ask after it. */
function addAppCommands(program: Command, { tools, outputOf, done }: Scene): void {
  program
    .command("demo")
    .description("tell the whole story on this machine, against a simulated GitHub")
    .option("--once", "end with the story; exit 0 only if it ended as it should")
    .option("--sweep", "without push notifications: only the sweep finds the patch")
    .action(async ({ once = false, sweep = false }: { once?: boolean; sweep?: boolean }) => {
      const { runDemo } = await import("./demo.ts");
      done(await runDemo({ output: outputOf({}), once, sweep }));
    });
  program
    .command("setup")
    .description("register the GitHub App in a browser, and keep its secrets in files")
    .requiredOption("--url <https://…>", "where GitHub will reach Oakum")
    .option("--org <login>", "the organisation that shall own the App (your own account without it)")
    .option("--host <host>", "a GitHub Enterprise Server")
    .addOption(new Option("--tier <tier>", "what it may do").choices(TIERS).default("propose"))
    .option("--name <name>", "the App's name; it can still be changed on GitHub's form")
    .option("--out <folder>", "a new folder for the secrets", "oakum-secrets")
    .option("--no-open", "only print the address to begin at")
    .action(async ({ org, ...options }: SetupOptions) => {
      const { runSetup } = await import("./setup.ts");
      done(await runSetup({ ...options, organisation: org, output: outputOf({}) }, tools));
    });
  program
    .command("migrate")
    .description("translate the configuration of Renovate or Dependabot, and list what could not be")
    .option("--resolved <renovate.json>", "Renovate's configuration with its presets in it")
    .option("--dependabot <dependabot.yml>", "Dependabot's configuration")
    .option("--out <oakum.yml>", "a new file for the result (stdout without it)")
    .action(async (options: { resolved?: string; dependabot?: string; out?: string }) => {
      const { runMigrate } = await import("./migrate.ts");
      done(await runMigrate({ ...options, output: outputOf({}) }));
    });
  program
    .command("serve")
    .description("run the GitHub App: its webhooks, its page and its jobs; setup writes the environment that it takes")
    .action(async () => {
      const { runServe } = await import("./serve.ts");
      done(await runServe(outputOf({}), tools.startApp));
    });
  program
    .command("worker")
    .description("work on the App's jobs only, beside a serve on the same PostgreSQL")
    .action(async () => {
      const { runServe } = await import("./serve.ts");
      done(await runServe(outputOf({}), tools.startWorker));
    });
  program
    .command("health")
    .description("ask whether the App on this machine is ready")
    .action(async () => {
      const { runHealth } = await import("./health.ts");
      done(await runHealth(outputOf({}), tools.port));
    });
}

/** The commands that ask no registry. */
function addReadingCommands(program: Command, { tools, outputOf, done }: Scene): void {
  program
    .command("list")
    .description("list every image that a checkout uses; asks no registry")
    .argument("[dir]", "the checkout", ".")
    .option("--all", "show those that the configuration ignores too; --json always has them")
    .option(...JSON_OPTION)
    .action(async (folder: string, options: Options) => {
      const { runList } = await import("./list.ts");
      done(await runList({ folder, all: options.all ?? false, output: outputOf(options) }, tools));
    });
  program
    .command("explain")
    .description(
      "show the image used at a line of a file, and who decided each key of its policy; --tags: why which tag",
    )
    .argument("<file:line>", "such as services/api/Dockerfile:3")
    .option("--organisation <file>", "the organisation's oakum.yml, whose rules follow and whose floor holds")
    .option("--repository <owner/name>", "what that may be about; unknown, the floor holds, whatever its name")
    .option("--property <name=value>", "a custom property of the repository; repeatable", collectProperty)
    .option("--tags", "ask the registry what would become of it, and say of every other tag why it is not the one")
    .option(...ALLOW_OPTION)
    .option(...JSON_OPTION)
    .action(async (place: string, options: Options & ExplainOptions) => {
      const { runExplain } = await import("./explain.ts");
      const { organisation, repository: name, property: properties } = options;
      const about = { ...(name !== undefined && { name }), ...(properties && { properties }) };
      const ask = options.tags || options.allowRegistry ? (options.allowRegistry ?? []) : undefined;
      const beside = { organisation, about };
      done(await runExplain({ folder: ".", place, beside, ask, output: outputOf(options) }, tools));
    });
}

function addPlanningCommands(program: Command, { tools, outputOf, done }: Scene): void {
  withRegistries(program.command("plan"))
    .description("show what would become of each image; exits 1 when there are updates")
    .action(async (folder: string, options: Options) => {
      const { runPlan } = await import("./plan.ts");
      done(await runPlan({ folder, allowRegistry: options.allowRegistry ?? [], output: outputOf(options) }, tools));
    });
  withRegistries(program.command("apply"))
    .description("write the updates into the files")
    .action(async (folder: string, options: Options) => {
      const { runApply } = await import("./apply.ts");
      done(await runApply({ folder, allowRegistry: options.allowRegistry ?? [], output: outputOf(options) }, tools));
    });
}

/** The commands that ask the store. */
function addStoreCommands(program: Command, { tools, outputOf, done }: Scene): void {
  program
    .command("exposed")
    .description("show where a vulnerability is, and where a fix is ready; exits 1 when it is anywhere")
    .argument("<id>", "such as CVE-2026-31001, GHSA-… or DSA-…, in any case")
    .option("--all", "show the uses that are not affected too")
    .option(...JSON_OPTION)
    .action(async (id: string, options: Options) => {
      const { runExposed } = await import("./exposed.ts");
      done(await runExposed({ id, all: options.all ?? false, output: outputOf(options) }, tools.openControl));
    });
  program
    .command("ledger")
    .description("the record of what was done: ledger verify checks it")
    .helpCommand(false)
    .configureHelp({ subcommandTerm: termOf })
    .command("verify")
    .description("check that no entry was changed, added or taken out")
    .option(...JSON_OPTION)
    .action(async (options: Options) => {
      const { runLedgerVerify } = await import("./ledger.ts");
      done(await runLedgerVerify(outputOf(options), tools.openControl));
    });
}

const ACCOUNT_OPTION = ["--account <login>", "only this organisation or user; everything when left out"] as const;

/** What an operator does to a running Oakum. */
function addPauseCommands(program: Command, { tools, outputOf, done }: Scene): void {
  program
    .command("status")
    .description("show what is paused, known and waiting")
    .option(...JSON_OPTION)
    .action(async (options: Options) => {
      const { runStatus } = await import("./pause.ts");
      done(await runStatus(outputOf(options), tools.openControl));
    });
  program
    .command("pause")
    .description("start nothing new; what is under way finishes or is undone")
    .option(...ACCOUNT_OPTION)
    .option("--reason <text>", "why, for the ledger and the page")
    .option(...JSON_OPTION)
    .action(async ({ account, reason: why, ...options }: Options & PauseOptions) => {
      const { runPause } = await import("./pause.ts");
      done(await runPause({ by: tools.user, account, why, output: outputOf(options) }, tools.openControl));
    });
  program
    .command("resume")
    .description("end a pause: what waited goes on")
    .option(...ACCOUNT_OPTION)
    .option(...JSON_OPTION)
    .action(async ({ account, ...options }: Options & PauseOptions) => {
      const { runResume } = await import("./pause.ts");
      done(await runResume({ by: tools.user, account, output: outputOf(options) }, tools.openControl));
    });
}

interface PauseOptions {
  readonly account?: string;
  readonly reason?: string;
}

function withRegistries(command: Command): Command {
  return command
    .argument("[dir]", "the checkout", ".")
    .option(...JSON_OPTION)
    .option(...ALLOW_OPTION);
}

const HOST = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:\d{1,5})?$/;

const ALLOW_OPTION = [
  "--allow-registry <host[:port]>",
  "ask this loopback or private registry too; repeatable",
  collectHost,
] as const;

function collectHost(text: string, hosts: readonly string[] = []): readonly string[] {
  if (!HOST.test(text)) throw new InvalidArgumentError("It must be a host in lower case, with a port if it has one.");
  return [...hosts, text];
}

/** The same name again adds a value, as where several may be chosen. */
function collectProperty(text: string, known: ExplainOptions["property"] = {}): ExplainOptions["property"] {
  const [name = "", ...rest] = text.split("=");
  if (name === "" || rest.length === 0) throw new InvalidArgumentError("It must be NAME=VALUE.");
  const values = Object.hasOwn(known, name) ? (known[name] ?? []) : [];
  return { ...known, [name]: [...values, rest.join("=")] };
}

/** What went wrong, told to a person. Only a bug shows where it happened. */
function exitOf(error: unknown, output: Output): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.input;
  if (isAppError(error)) {
    for (const line of error.message.split("\n")) printNote(output, `oakum: ${line}`);
    return isAppError(error, "INPUT", "CONFLICT") ? EXIT.input : EXIT.unreachable;
  }
  output.err(`oakum: this is a bug: ${error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT.bug;
}
