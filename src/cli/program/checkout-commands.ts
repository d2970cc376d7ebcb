import { type Command, InvalidArgumentError } from "commander";
import { JSON_OPTION, type Scene } from "./scene.ts";

interface Options {
  readonly all?: boolean;
  readonly json?: boolean;
  readonly allowRegistry?: readonly string[];
}

interface ExplainOptions {
  readonly organisation?: string;
  readonly repository?: string;
  readonly property?: Readonly<Record<string, readonly string[]>>;
  readonly tags?: boolean;
}

/** The commands that ask no registry. */
export function addReadingCommands(program: Command, { tools, outputOf, done }: Scene): void {
  program
    .command("list")
    .description("list every image that a checkout uses; asks no registry")
    .argument("[dir]", "the checkout", ".")
    .option("--all", "show those that the configuration ignores too; --json always has them")
    .option(...JSON_OPTION)
    .action(async (folder: string, options: Options) => {
      const { runList } = await import("../list.ts");
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
      const { runExplain } = await import("../explain.ts");
      const { organisation, repository: name, property: properties } = options;
      const about = { ...(name !== undefined && { name }), ...(properties && { properties }) };
      const ask = options.tags || options.allowRegistry ? (options.allowRegistry ?? []) : undefined;
      const beside = { organisation, about };
      done(await runExplain({ folder: ".", place, beside, ask, output: outputOf(options) }, tools));
    });
}

/** The commands that ask registries. */
export function addPlanningCommands(program: Command, { tools, outputOf, done }: Scene): void {
  withRegistries(program.command("plan"))
    .description("show what would become of each image; exits 1 when there are updates")
    .action(async (folder: string, options: Options) => {
      const { runPlan } = await import("../plan.ts");
      done(await runPlan({ folder, allowRegistry: options.allowRegistry ?? [], output: outputOf(options) }, tools));
    });
  withRegistries(program.command("apply"))
    .description("write the updates into the files")
    .action(async (folder: string, options: Options) => {
      const { runApply } = await import("../apply.ts");
      done(await runApply({ folder, allowRegistry: options.allowRegistry ?? [], output: outputOf(options) }, tools));
    });
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
