import { z } from "zod";
import type { Days, Hours } from "../core/policy/window.ts";
import { alwaysOrHours, daysOrHours, duration, fileKind, glob, imageGlob, pathGlob, weeklyHours } from "./scalar.ts";

/** The part of the schema that says what a rule is about and what it decides. */

const changeClass = z.enum(["pin", "digest", "patch", "minor", "major", "os"]);
const urgency = z.enum(["known-exploited", "critical", "high", "normal"]);
const severity = z.enum(["critical", "high", "medium", "low", "negligible"]);

/** More than there are of any. */
const MOST_ALTERNATIVES = 50;

function oneOrMany<T extends z.ZodType>(item: T) {
  return z
    .union([item, z.array(item).min(1).max(MOST_ALTERNATIVES)])
    .transform((value) => (Array.isArray(value) ? value : [value]));
}

const propertyValue = z.union([z.string().max(75), z.boolean().transform(String)]);

export const property = z
  .record(z.string().max(75), oneOrMany(propertyValue))
  .describe("Custom properties of the repository, each with the value, or one of the values, that it must have.");

const window = z
  .union([
    alwaysOrHours,
    z.strictObject({
      allow: z.array(weeklyHours).min(1).max(20).optional().describe("Only in these hours."),
      deny: z.array(daysOrHours).max(50).optional().describe("Never on these days or in these hours."),
    }),
  ])
  .transform(windowsOf);

export const windows = z
  .strictObject({
    propose: window.optional().describe("When pull requests may be opened, or brought to a newer candidate."),
    merge: window.optional().describe("When pull requests may merge."),
    deploy: window.optional().describe("When deployments may start. What is under way goes on, and may go back."),
  })
  .describe(
    "Hours and days of proposing, merging and deploying: `always`, hours, or which to allow and which to deny.",
  );

/** `always` is no window at all. */
function windowsOf(written: "always" | Hours | { allow?: Hours[] | undefined; deny?: (Hours | Days)[] | undefined }) {
  if (written === "always") return [];
  if ("zone" in written) return [{ allow: [written] }];
  const { allow, deny } = written;
  return allow === undefined && deny === undefined ? [] : [{ ...(allow && { allow }), ...(deny && { deny }) }];
}

const match = z
  .strictObject({
    image: imageGlob
      .optional()
      .describe("Glob of the image name with its registry: `docker.io/library/node`, `ghcr.io/acme/**`."),
    path: pathGlob.optional().describe("Glob of the file that uses the image."),
    kind: oneOrMany(fileKind)
      .optional()
      .describe("Kind of that file, by its name in files.md: `dockerfile`, `compose`."),
    change: oneOrMany(changeClass)
      .optional()
      .describe(
        "What the update changes: the pinning, the digest behind a tag, a part of the version, or the OS of the tag.",
      ),
    urgency: oneOrMany(urgency)
      .optional()
      .describe("How urgent the update is, by our own scan of old and new: never by a label."),
    property: property.optional(),
  })
  .describe("What the rule is about. All that is written must hold; a rule without `match` is about everything.");

const gate = z
  .strictObject({
    failOn: severity
      .optional()
      .describe(
        "Findings that the update newly introduces fail the gate at this severity or above; known-exploited ones always do.",
      ),
  })
  .describe("When the verdict on an update is `fail`.");

export const decisions = {
  allow: z
    .array(changeClass)
    .max(6)
    .optional()
    .describe("Classes of change that may be proposed. An empty list allows none."),
  minAge: duration
    .optional()
    .describe(
      "How long a candidate must have stayed on its tag, without a break and by our own clock, before it is proposed.",
    ),
  merge: z
    .enum(["auto", "approval", "never"])
    .optional()
    .describe(
      "Who merges: `auto` needs a passing verdict and a required check, `approval` a person's as well, `never` leaves it to people.",
    ),
  signature: z
    .enum(["require", "prefer", "ignore"])
    .optional()
    .describe("Whether the candidate's signature must be verified, should be, or is not looked at."),
  gate: gate.optional(),
  windows: windows.optional(),
};

export const rule = z.strictObject({
  match: match.optional(),
  ...decisions,
  pin: z.enum(["digest", "tag"]).optional().describe("Whether an updated reference carries the digest beside its tag."),
  tags: glob.optional().describe('Glob that a candidate\'s tag must match: `"22*"`.'),
  group: pathGlob.optional().describe("Glob of directories, each of which gets a pull request of its own."),
  reviewers: z
    .array(z.string().regex(/^@?[\w.-]+(\/[\w.-]+)?$/, "write a user or a team, such as @acme/payments"))
    .max(15)
    .optional()
    .describe("Users and teams who are asked to review."),
});

export type RuleEntry = z.output<typeof rule>;
