import { Command, CommanderError } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { isAppError } from "../core/errors.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { type Output, printNote } from "./output.ts";
import { addAppCommands } from "./program/app-commands.ts";
import { addPlanningCommands, addReadingCommands } from "./program/checkout-commands.ts";
import { type Scene, termOf } from "./program/scene.ts";
import { addPauseCommands, addStoreCommands } from "./program/store-commands.ts";
import type { Screen } from "./screen.ts";
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
