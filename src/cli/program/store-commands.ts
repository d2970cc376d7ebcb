import type { Command } from "commander";
import { JSON_OPTION, type Scene, termOf } from "./scene.ts";

interface Options {
  readonly all?: boolean;
  readonly json?: boolean;
}

/** The commands that ask the store. */
export function addStoreCommands(program: Command, { tools, outputOf, done }: Scene): void {
  program
    .command("exposed")
    .description("show where a vulnerability is, and where a fix is ready; exits 1 when it is anywhere")
    .argument("<id>", "such as CVE-2026-31001, GHSA-… or DSA-…, in any case")
    .option("--all", "show the uses that are not affected too")
    .option(...JSON_OPTION)
    .action(async (id: string, options: Options) => {
      const { runExposed } = await import("../exposed.ts");
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
      const { runLedgerVerify } = await import("../ledger.ts");
      done(await runLedgerVerify(outputOf(options), tools.openControl));
    });
}

const ACCOUNT_OPTION = ["--account <login>", "only this organisation or user; everything when left out"] as const;

interface PauseOptions {
  readonly account?: string;
  readonly reason?: string;
}

/** What an operator does to a running Oakum. */
export function addPauseCommands(program: Command, { tools, outputOf, done }: Scene): void {
  program
    .command("status")
    .description("show what is paused, known and waiting")
    .option(...JSON_OPTION)
    .action(async (options: Options) => {
      const { runStatus } = await import("../pause.ts");
      done(await runStatus(outputOf(options), tools.openControl));
    });
  program
    .command("pause")
    .description("start nothing new; what is under way finishes or is undone")
    .option(...ACCOUNT_OPTION)
    .option("--reason <text>", "why, for the ledger and the page")
    .option(...JSON_OPTION)
    .action(async ({ account, reason: why, ...options }: Options & PauseOptions) => {
      const { runPause } = await import("../pause.ts");
      done(await runPause({ by: tools.user, account, why, output: outputOf(options) }, tools.openControl));
    });
  program
    .command("resume")
    .description("end a pause: what waited goes on")
    .option(...ACCOUNT_OPTION)
    .option(...JSON_OPTION)
    .action(async ({ account, ...options }: Options & PauseOptions) => {
      const { runResume } = await import("../pause.ts");
      done(await runResume({ by: tools.user, account, output: outputOf(options) }, tools.openControl));
    });
}
