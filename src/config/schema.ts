import { z } from "zod";
import { decisions, property, rule, windows } from "./rule-schema.ts";
import { channel, duration, glob, imageGlob, imageTemplate, pathGlob, workflowFile } from "./scalar.ts";

/**
 * The one schema of `.github/oakum.yml` and of the organisation's `oakum.yml`. Types, validation, the published JSON Schema
 * and the tables of docs/configuration.md all come from it, so every key says here what it means.
 */

const name = z.string().min(1).max(255);

const build = z.strictObject({
  path: pathGlob.describe("Glob of the files whose change this workflow builds; the first entry that matches counts."),
  workflow: workflowFile.describe("File below `.github/workflows/` that builds the image and reports its digest."),
  image: imageTemplate.describe("Image that the workflow pushes, with `{sha}` for the commit."),
});

const stage = z.strictObject({
  environment: name.describe("Environment, as the operator's file and GitHub name it."),
  after: name.optional().describe("Environment that must be confirmed first."),
  soak: duration.optional().describe("How long the release must run there, healthy, before it counts as confirmed."),
});

const due = z
  .strictObject({
    "known-exploited": duration.optional().describe("Where the update fixes what is exploited in the wild."),
    critical: duration.optional().describe("Where it fixes a critical finding."),
    high: duration.optional().describe("Where it fixes a high finding."),
    normal: duration.optional().describe("For every other update."),
  })
  .describe("How long after we first saw the fix on its tag it must run everywhere.");

const limits = z
  .strictObject({
    open: z.int().min(0).max(100).optional().describe("Pull requests of ours open at a time in one repository."),
    perHour: z.int().min(0).max(100).optional().describe("Pull requests opened in one repository in an hour."),
  })
  .describe("How much is proposed at a time.");

const commit = z
  .strictObject({
    prefix: z
      .string()
      .max(40)
      .regex(/^\P{Cc}*$/u, "write one line")
      .optional()
      .describe("What commit messages and pull request titles start with."),
    labels: z.array(z.string().min(1).max(50)).max(10).optional().describe("Labels of our pull requests."),
  })
  .describe("How commits and pull requests look.");

export const repositorySchema = z.strictObject({
  version: z.literal(1).describe("Version of this format: 1."),
  mode: z
    .enum(["observe", "propose"])
    .optional()
    .describe("`observe` looks and reports; `propose` opens pull requests as well."),
  rules: z
    .array(rule)
    .max(500)
    .optional()
    .describe(
      "For each key, the first rule that matches and sets it decides. The organisation's rules follow the repository's.",
    ),
  branches: z
    .array(glob)
    .max(10)
    .optional()
    .describe(
      "Branches to keep patched beside the default one, as names or globs: `release/*`. Ten at most, the higher numbers first.",
    ),
  ignore: z
    .array(pathGlob)
    .max(500)
    .optional()
    .describe("Globs of files whose uses are listed, as ignored, and never changed."),
  builds: z.array(build).max(200).optional().describe("Which workflow builds what."),
  deploy: z
    .array(stage)
    .max(20)
    .optional()
    .describe("Environments that a release goes to, in order.")
    .superRefine(checkStages),
  windows: windows.optional(),
  due: due.optional(),
  limits: limits.optional(),
  commit: commit.optional(),
  notify: z
    .array(channel)
    .max(20)
    .optional()
    .describe("Channels of the operator's file that are told, as `kind:name`."),
});

const requirement = z.strictObject({
  match: z
    .strictObject({
      repository: glob.optional().describe("Glob of repositories, as `owner/name`, in any case."),
      image: imageGlob.optional().describe("Glob of the image name with its registry."),
      path: pathGlob.optional().describe("Glob of the file that uses the image."),
      property: property.optional(),
    })
    .optional()
    .describe("What the floor is about."),
  ...decisions,
});

export const organisationSchema = repositorySchema.extend({
  require: z
    .array(requirement)
    .max(200)
    .optional()
    .describe(
      "A floor under every rule, the repository's and the organisation's own: of two values the stricter one counts.",
    ),
});

export type RequirementEntry = z.output<typeof requirement>;
export type WindowsEntry = z.output<typeof windows>;
export type RepositoryFile = z.output<typeof repositorySchema>;
export type OrganisationFile = z.output<typeof organisationSchema>;

interface StageEntry {
  readonly environment: string;
  readonly after?: string | undefined;
}

/** An environment stands once, and comes after one that is written above it: so there is an order, and no circle. */
function checkStages(stages: readonly StageEntry[] | undefined, context: z.RefinementCtx): void {
  const seen = new Set<string>();
  for (const [index, { environment, after }] of (stages ?? []).entries()) {
    if (seen.has(environment)) {
      context.addIssue({ code: "custom", path: [index, "environment"], message: "this environment is listed already" });
    }
    if (after !== undefined && !seen.has(after)) {
      context.addIssue({ code: "custom", path: [index, "after"], message: "name an environment that is listed above" });
    }
    seen.add(environment);
  }
}
