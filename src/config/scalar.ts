import { z } from "zod";
import { readDays, readHours } from "../core/policy/window-text.ts";
import { isTimeZone } from "../core/policy/zone-clock.ts";
import { KINDS, type Kind } from "../core/use/kind.ts";
import { LONGEST_GLOB } from "./glob.ts";

/** The single values of configuration, each with the sentence a person reads when one is wrong. */

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const LONGEST_DURATION = 366 * SECONDS.d;
const DURATION = 'write a duration as a number and s, m, h or d, such as "3d" or "30m", of at most 366 days';

function isUnit(text: string): text is keyof typeof SECONDS {
  return Object.hasOwn(SECONDS, text);
}

/** `3d`, `2h`, `30m`, `45s` in seconds. */
function secondsOf(text: string): number {
  const unit = text.slice(-1);
  return isUnit(unit) ? Number(text.slice(0, -1)) * SECONDS[unit] : Number.NaN;
}

export const duration = z
  .string({ error: DURATION })
  .regex(/^\d{1,8}[smhd]$/, DURATION)
  .refine((text) => secondsOf(text) <= LONGEST_DURATION, { error: DURATION, abort: true })
  .transform(secondsOf)
  .meta({ title: "duration" });

const GLOB = "write a glob of *, ** and ?; braces, brackets, ! and \\ are not known";

export const glob = z
  .string({ error: GLOB })
  .min(1, GLOB)
  .max(LONGEST_GLOB, `a glob has at most ${LONGEST_GLOB} characters`)
  .regex(/^[^{}[\]!\\]*$/, GLOB)
  .meta({ title: "glob" });

/** The registry is a host: it has a dot, a port, or is `localhost`; a glob may stand for it or for a part of it. */
const WHOLE_NAME = /^(\*\*$|\*\*\/|[^/]*[.:*?][^/]*\/|localhost\/)/;

export const imageGlob = glob.regex(
  WHOLE_NAME,
  "write the whole name with its registry, such as docker.io/library/node, or **/node",
);

export const pathGlob = glob.regex(
  /^(?!\/|\.\/)/,
  "write the path from the root of the repository, without a leading / or ./",
);

const FILE_KIND = `write a kind of file: ${KINDS.join(", ")}`;

export const fileKind = z
  .string({ error: FILE_KIND })
  .refine((text): text is Kind => (KINDS as readonly string[]).includes(text), FILE_KIND)
  .meta({ title: "kind of file" });

const IMAGE_TEMPLATE =
  "write a registry, a repository and a tag that holds {sha}, such as ghcr.io/acme/payments:sha-{sha}";

export const imageTemplate = z
  .string({ error: IMAGE_TEMPLATE })
  .max(512, IMAGE_TEMPLATE)
  .regex(/^(?:localhost|[^/\s]*[.:][^/\s]*)\/[a-z0-9._/-]+:[\w.-]*\{sha\}[\w.-]*$/, IMAGE_TEMPLATE);

const WORKFLOW = "write the name of a file below .github/workflows, such as build.yml";

export const workflowFile = z.string({ error: WORKFLOW }).regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}\.ya?ml$/, WORKFLOW);

const CHANNEL = 'write the kind and the name of a channel, such as "webhook:security"';

export const channel = z
  .string({ error: CHANNEL })
  .max(200, CHANNEL)
  .regex(/^[a-z][a-z0-9-]*:\S+$/, CHANNEL);

const HOURS = 'write days, hours and a time zone, such as "Mon-Fri 06:00-18:00 Europe/Brussels"';
const DAYS =
  'write the first and the last day, and a time zone if it is not UTC, such as "2026-12-20/2027-01-03 Europe/Brussels"';
const ZONE = "the time zone is not one of the IANA database";

export const weeklyHours = z
  .string({ error: HOURS })
  .transform((text, context) => zoned(readHours(text), HOURS, context))
  .meta({ title: "hours" });

const ALWAYS_OR_HOURS = `write always, or ${HOURS.replace("write ", "")}`;

/** Hours, or no limit at all. */
export const alwaysOrHours = z
  .string({ error: ALWAYS_OR_HOURS })
  .transform((text, context) => (text === "always" ? text : zoned(readHours(text), ALWAYS_OR_HOURS, context)))
  .meta({ title: "`always`, or hours" });

/** Days that return or are named by their dates; only hours are written with a colon. */
export const daysOrHours = z
  .string({ error: DAYS })
  .transform((text, context) =>
    text.includes(":") ? zoned(readHours(text), HOURS, context) : zoned(readDays(text), DAYS, context),
  )
  .meta({ title: "days, or hours" });

function zoned<T extends { readonly zone: string }>(found: T | undefined, wrong: string, context: z.RefinementCtx): T {
  if (found !== undefined && isTimeZone(found.zone)) return found;
  context.addIssue({ code: "custom", message: found === undefined ? wrong : ZONE });
  return z.NEVER;
}
