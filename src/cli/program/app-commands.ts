import { type Command, Option } from "commander";
import { TIERS } from "../../config/tier.ts";
import type { SetupArguments } from "../setup.ts";
import type { Scene } from "./scene.ts";

interface SetupOptions extends Omit<SetupArguments, "organisation" | "output"> {
  readonly org?: string;
}

/** The commands that run the App, or ask after it. */
export function addAppCommands(program: Command, { tools, outputOf, done }: Scene): void {
  program
    .command("demo")
    .description("tell the whole story on this machine, against a simulated GitHub")
    .option("--once", "end with the story; exit 0 only if it ended as it should")
    .option("--sweep", "without push notifications: only the sweep finds the patch")
    .action(async ({ once = false, sweep = false }: { once?: boolean; sweep?: boolean }) => {
      const { runDemo } = await import("../demo.ts");
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
      const { runSetup } = await import("../setup.ts");
      done(await runSetup({ ...options, organisation: org, output: outputOf({}) }, tools));
    });
  program
    .command("migrate")
    .description("translate the configuration of Renovate or Dependabot, and list what could not be")
    .option("--resolved <renovate.json>", "Renovate's configuration with its presets in it")
    .option("--dependabot <dependabot.yml>", "Dependabot's configuration")
    .option("--out <oakum.yml>", "a new file for the result (stdout without it)")
    .action(async (options: { resolved?: string; dependabot?: string; out?: string }) => {
      const { runMigrate } = await import("../migrate.ts");
      done(await runMigrate({ ...options, output: outputOf({}) }));
    });
  program
    .command("serve")
    .description("run the GitHub App: its webhooks, its page and its jobs; setup writes the environment that it takes")
    .action(async () => {
      const { runServe } = await import("../serve.ts");
      done(await runServe(outputOf({}), tools.startApp));
    });
  program
    .command("worker")
    .description("work on the App's jobs only, beside a serve on the same PostgreSQL")
    .action(async () => {
      const { runServe } = await import("../serve.ts");
      done(await runServe(outputOf({}), tools.startWorker));
    });
  program
    .command("health")
    .description("ask whether the App on this machine is ready")
    .action(async () => {
      const { runHealth } = await import("../health.ts");
      done(await runHealth(outputOf({}), tools.port));
    });
}
