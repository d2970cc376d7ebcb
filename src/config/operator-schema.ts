import { z } from "zod";
import { duration, glob } from "./scalar.ts";
import { Secret, type SecretReader, SHORTEST_SECRET } from "./secret.ts";

/** The schema of the operator's file. Its secrets stand elsewhere, and are read while the file is validated. */

const HOST = "write a host and a port if it has one, in lower case: registry.example.com:5000";
const host = z
  .string({ error: HOST })
  .max(255, HOST)
  .regex(/^[a-z0-9.-]+(:\d{1,5})?$|^\[[0-9a-f:]+\](:\d{1,5})?$/, HOST);
const ACCOUNT = "write the login of an organisation or a user, or its numeric id";
const account = z.union([z.string().regex(/^[A-Za-z0-9-]{1,39}$/, ACCOUNT), z.int(ACCOUNT).positive(ACCOUNT)], ACCOUNT);
const login = z.string().regex(/^[A-Za-z0-9-]{1,39}(\[bot\])?$/, "write a login, such as deploy-bot[bot]");

const REPOSITORY = "write the numeric id of a repository, or a list of at most 100 of them";
const repositoryId = z.int(REPOSITORY).positive(REPOSITORY);

/** CISA's own; altered copies of it are about. */
const KEV = "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json";

const URL_SENTENCE = "write an address that starts with https:// (or http://), without a login in it";
const url = z.string({ error: URL_SENTENCE }).max(2048).refine(isPlainUrl, URL_SENTENCE);

const TEMPLATE = "write an address with {owner}, {name} and {environment} for what differs";
const urlTemplate = url.refine((text) => !/[{}]/.test(text.replace(/\{(owner|name|environment)\}/g, "")), TEMPLATE);

function isPlainUrl(text: string): boolean {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) return false;
  const { username, password } = new URL(text);
  return username === "" && password === "";
}

const SECRET = "write where the secret is: env:NAME or file:PATH";

/** A secret of at least so many characters. */
function secretBy(read: SecretReader, shortest = 1) {
  return z
    .string({ error: SECRET })
    .regex(/^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$/, { error: SECRET, abort: true })
    .transform((source, context) => {
      const value = read(source);
      if (value !== undefined && value.length >= shortest) return new Secret(value);
      const wrong = value === undefined ? "there is nothing to read" : `fewer than ${shortest} characters stand`;
      context.addIssue({ code: "custom", message: `${wrong} at ${source}` });
      return z.NEVER;
    });
}

function registryBy(read: SecretReader) {
  return z.strictObject({
    host: host.describe("Registry, exactly as image names write it."),
    plainHttp: z.boolean().default(false).describe("Asked without TLS."),
    private: z.boolean().default(false).describe("May be at a private or loopback address."),
    realms: z.array(host).max(10).default([]).describe("Hosts of token servers outside the registry's own domain."),
    hook: z
      .strictObject({
        kind: z.enum(["distribution"]).describe("Whose push notifications they are."),
        secret: secretBy(read, SHORTEST_SECRET).describe(
          "What the registry sends as bearer token: 16 characters or more.",
        ),
      })
      .optional()
      .describe("Push notifications that this registry sends us."),
  });
}

const DELIVERY =
  "write what runs there (running) and whose statuses count (creators), or which files describe it (path)";

const environment = z
  .strictObject({
    name: z.string().min(1).max(255).describe("Environment, as `deploy` and GitHub name it."),
    repository: glob.describe("Glob of the repositories that deploy to it, or describe it, as `owner/name`."),
    ids: z
      .array(z.int().positive())
      .min(1)
      .max(10_000)
      .optional()
      .describe("Numeric ids of these repositories; with them a name alone, which can move, grants nothing."),
    path: glob
      .optional()
      .describe("Glob of the files that describe it: no update changes what they name, only a rollout does."),
    branch: glob
      .optional()
      .describe("Glob of the branch whose files describe it, where each environment has one; by default any."),
    running: urlTemplate
      .optional()
      .describe("Where the digests that run are asked for, with `{owner}`, `{name}` and `{environment}`."),
    creators: z.array(login).min(1).max(20).optional().describe("Logins whose deployment statuses count."),
  })
  .refine(({ path, branch, running, creators }) => (path ?? branch ?? (running && creators)) !== undefined, DELIVERY);

/** The schema, with secrets read by `read`. */
export function operatorSchemaBy(read: SecretReader) {
  const channel = z.strictObject({
    kind: z.enum(["webhook", "slack"]).describe("What kind of channel it is."),
    url: url.describe("Where notices are sent."),
    secret: secretBy(read).optional().describe("Signs what is sent (HMAC SHA-256)."),
  });
  return z.strictObject({
    accounts: z
      .array(account)
      .max(1000)
      .optional()
      .describe(
        "Organisations and users served, by login or, as a login can move, by numeric id; by default the App's owner.",
      ),
    policyRepository: z
      .union([repositoryId, z.array(repositoryId).min(1, REPOSITORY).max(100, REPOSITORY)], REPOSITORY)
      .transform((ids) => [ids].flat())
      .optional()
      .describe(
        "Numeric id of the repository that holds the organisation's `oakum.yml`; of several organisations, a list.",
      ),
    registries: z.array(registryBy(read)).max(200).default([]).describe("Registries beside the public ones."),
    environments: z
      .array(environment)
      .max(500)
      .default([])
      .describe("Where releases may go, and how to ask what runs there."),
    channels: z
      .record(
        z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, "name a channel in lower-case letters, digits and -"),
        channel,
      )
      .default({})
      .describe("Channels that configuration may name, by name."),
    grants: z.array(z.looseObject({})).optional().describe("Which repositories may use which login and channel."),
    scanners: z.array(z.looseObject({})).optional().describe("Scanners that configuration may choose among."),
    osv: z
      .strictObject({
        url: url.default("https://api.osv.dev").describe("Address of the API."),
        kev: url.default(KEV).describe("Address of the list of vulnerabilities that are exploited in the wild."),
      })
      .prefault({})
      .describe("Where advisories are asked for."),
    watch: duration.prefault("15m").describe("Time between two looks at every registry whose images are in use."),
    sweep: duration
      .prefault("1d")
      .describe("Time between two looks at everything, GitHub included, in case an event was lost."),
  });
}

export type Operator = z.output<ReturnType<typeof operatorSchemaBy>>;
