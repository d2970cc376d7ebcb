import { Command, CommanderError, InvalidArgumentError } from "commander";
import { isAppError } from "../core/errors.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { type Output, printNote } from "./output.ts";
import type { LocalTools } from "./tools.ts";

export interface Terminal {
  /** Whether stdout may be coloured. */
  readonly colours: boolean;
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

type Options = { readonly json?: boolean; readonly allowRegistry?: readonly string[] };

function createProgram(tools: LocalTools, terminal: Terminal, done: (exit: ExitCode) => void): Command {
  const program = new Command("oakum")
    .description("Keeps the container images of an organisation patched.")
    .exitOverride()
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      outputError: (text, write) => write(text.replace(/^error: /, "oakum: ")),
    });
  const outputOf = ({ json = false }: Options): Output => ({ ...terminal, json });

  program
    .command("list")
    .description("every image that a checkout uses; asks no registry")
    .argument("[dir]", "the checkout", ".")
    .option("--json", "JSON Lines on stdout")
    .action(async (folder: string, options: Options) => {
      const { runList } = await import("./list.ts");
      done(await runList({ folder, output: outputOf(options) }, tools));
    });
  withRegistries(
    program.command("plan").description("what would become of a checkout; exits 1 when there are updates"),
  ).action(async (folder: string, options: Options) => {
    const { runPlan } = await import("./plan.ts");
    done(await runPlan({ folder, allowRegistry: options.allowRegistry ?? [], output: outputOf(options) }, tools));
  });
  withRegistries(program.command("apply").description("writes the updates into a checkout")).action(
    async (folder: string, options: Options) => {
      const { runApply } = await import("./apply.ts");
      done(await runApply({ folder, allowRegistry: options.allowRegistry ?? [], output: outputOf(options) }, tools));
    },
  );
  program
    .command("explain")
    .description("who decided what for the image used at a line of a file in this folder")
    .argument("<file:line>", "such as services/api/Dockerfile:3")
    .option("--json", "JSON Lines on stdout")
    .action(async (place: string, options: Options) => {
      const { runExplain } = await import("./explain.ts");
      done(await runExplain({ folder: ".", place, output: outputOf(options) }, tools));
    });
  program
    .command("ledger")
    .description("the record of what was done")
    .command("verify")
    .description("checks that no entry was changed, added or taken out")
    .option("--json", "JSON Lines on stdout")
    .action(async (options: Options) => {
      const { runLedgerVerify } = await import("./ledger.ts");
      done(await runLedgerVerify(outputOf(options), tools.openLedger));
    });
  return program;
}

function withRegistries(command: Command): Command {
  return command
    .argument("[dir]", "the checkout", ".")
    .option("--json", "JSON Lines on stdout")
    .option("--allow-registry <host[:port]>", "ask this loopback or private registry too; repeatable", collectHost, []);
}

const HOST = /^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:\d{1,5})?$/;

function collectHost(text: string, hosts: readonly string[]): readonly string[] {
  if (!HOST.test(text)) throw new InvalidArgumentError("It must be a host in lower case, with a port if it has one.");
  return [...hosts, text];
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
