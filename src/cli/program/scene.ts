import type { Command } from "commander";
import type { ExitCode } from "../exit.ts";
import type { Output } from "../output.ts";
import type { LocalTools } from "../tools.ts";

/** What the actions of the commands work with. */
export interface Scene {
  readonly tools: LocalTools;
  outputOf(options: { readonly json?: boolean }): Output;
  done(exit: ExitCode): void;
}

export const JSON_OPTION = ["--json", "JSON Lines on stdout"] as const;

/** A command and what it takes: that it has options its own help says. */
export function termOf(command: Command): string {
  const taken = command.registeredArguments.map((one) => (one.required ? `<${one.name()}>` : `[${one.name()}]`));
  return [command.name(), ...taken].join(" ");
}
