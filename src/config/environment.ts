import { isIP } from "node:net";
import { z } from "zod";
import { AppError } from "../core/errors.ts";
import { type GitHubPlace, githubOf } from "./github-place.ts";
import { Secret, SHORTEST_SECRET } from "./secret.ts";

/** The environment variables, by the names that their ecosystem gives them. No sentence here ever quotes a value. */

const secret = z.string().transform((text) => new Secret(text));

const storeSchema = z.object({
  DATABASE_URL: secret.optional().describe("PostgreSQL; without it a database embedded in `OAKUM_DATA` is used."),
  OAKUM_DATA: z.string().default(".oakum").describe("Folder of the embedded database."),
});

const port = z
  .string()
  .regex(/^\d{1,5}$/, "must be a port from 0 to 65535")
  .transform(Number)
  .refine((number) => number <= 65_535, "must be a port from 0 to 65535");

const serveSchema = storeSchema.extend({
  APP_ID: z
    .string({ error: "is required" })
    .regex(/^[1-9]\d{0,14}$/, "must be a number")
    .transform(Number)
    .describe("Id of the GitHub App."),
  PRIVATE_KEY: z
    .string({ error: "is required" })
    .transform(decodeKey)
    .refine((key) => key.startsWith("-----BEGIN "), "must be a private key in PEM, or that in base64")
    .transform((key) => new Secret(key))
    .describe("Its private key: PEM, or PEM in base64."),
  WEBHOOK_SECRET: z
    .string({ error: "is required" })
    .min(SHORTEST_SECRET, `must have ${SHORTEST_SECRET} characters or more`)
    .transform((text) => new Secret(text))
    .describe("Its webhook secret: 16 characters or more; `worker` needs none."),
  GHE_HOST: z
    .string()
    .regex(/^[a-z0-9.-]+(:\d{1,5})?$/, "must be a host in lower case")
    .optional()
    .describe("Host of a GitHub Enterprise Server; without it github.com is used."),
  OAKUM_GITHUB_URL: z
    .string()
    .refine(
      (text) => /^https?:\/\//.test(text) && URL.canParse(text),
      "must be an address that starts with https:// or http://",
    )
    .optional()
    .describe("Base address of GitHub's API where it is neither of these, as in the sandbox."),
  CLIENT_ID: z
    .string()
    .regex(/^[\w.-]{1,100}$/, "must be the client id of the App")
    .optional()
    .describe("Client id of the App: with `CLIENT_SECRET`, people log in to the page by GitHub."),
  CLIENT_SECRET: secret
    .optional()
    .describe("Its client secret. Without these two the page is shown on this machine alone."),
  TRUSTED_PROXIES: z
    .string()
    .transform((text) => text.split(",").map((entry) => entry.trim()))
    .refine((entries) => entries.every(isNetwork), "must be addresses or networks, such as 10.0.0.0/8, with commas")
    .optional()
    .describe("Addresses or networks of the proxies in front of the page, whose `X-Forwarded-For` is believed."),
  OAKUM_CONFIG: z.string().optional().describe("Path of the operator's file."),
  HOST: z.string().default("127.0.0.1").describe("Address to listen at."),
  PORT: port.prefault("3000").describe("Port to listen at; 0 takes any free one."),
  LOG_LEVEL: z
    .enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"], { error: "must be a level of pino" })
    .default("info")
    .describe("What is logged: `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`."),
});

/** What every process needs that works for the App; one that nobody sends anything listens only where it is told to. */
const appSchema = serveSchema
  .omit({ WEBHOOK_SECRET: true, CLIENT_ID: true, CLIENT_SECRET: true, TRUSTED_PROXIES: true })
  .extend({ PORT: port.optional() });

/** Every variable and what it means; each may also be given as `NAME_FILE`, the path of a file that holds the value. */
export const environmentSchema: z.ZodType = serveSchema;

/** What every command with a store needs. */
export interface StoreEnvironment {
  /** PostgreSQL; absent: the database embedded in `data`. */
  readonly databaseUrl?: Secret;
  readonly data: string;
}

/** What every process needs that works for the App. */
export interface AppEnvironment extends StoreEnvironment {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: Secret;
  readonly github: GitHubPlace;
  readonly host: string;
  readonly port?: number;
  readonly logLevel: z.output<typeof appSchema>["LOG_LEVEL"];
  /** Path of the operator's file. */
  readonly operatorFile?: string;
}

/** What `serve` needs. */
export interface ServeEnvironment extends AppEnvironment {
  readonly webhookSecret: Secret;
  readonly port: number;
  /** By which people log in to the page. */
  readonly login?: { readonly clientId: string; readonly clientSecret: Secret };
  /** Addresses and networks of the proxies in front of it. */
  readonly proxies: readonly string[];
}

export type Variables = Readonly<Record<string, string | undefined>>;
type ReadFile = (path: string) => string;

/** Reads what the store needs. Throws INPUT, naming everything that is wrong at once. */
export function readStoreEnvironment(variables: Variables, readFile: ReadFile): StoreEnvironment {
  return storeOf(read(storeSchema, variables, readFile));
}

/** Reads what `serve` needs. Throws INPUT, naming everything that is wrong at once. */
export function readServeEnvironment(variables: Variables, readFile: ReadFile): ServeEnvironment {
  const values = read(serveSchema, variables, readFile);
  const { WEBHOOK_SECRET: webhookSecret, PORT: port, TRUSTED_PROXIES: proxies = [] } = values;
  return { ...appOf(values), webhookSecret, port, proxies, ...loginOf(values) };
}

/** Reads what `worker` needs. Throws INPUT, naming everything that is wrong at once. */
export function readWorkerEnvironment(variables: Variables, readFile: ReadFile): AppEnvironment {
  const values = read(appSchema, variables, readFile);
  return { ...appOf(values), ...(values.PORT !== undefined && { port: values.PORT }) };
}

/** An address, or a network as `10.0.0.0/8`. */
function isNetwork(text: string): boolean {
  const [address = "", bits, more] = text.split("/");
  if (isIP(address) === 0 || more !== undefined) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(address) === 4 ? 32 : 128));
}

function appOf(values: Omit<z.output<typeof appSchema>, "PORT">): Omit<AppEnvironment, "port"> {
  return {
    ...storeOf(values),
    appId: values.APP_ID,
    privateKey: values.PRIVATE_KEY,
    github: githubOf(values.GHE_HOST, values.OAKUM_GITHUB_URL),
    host: values.HOST,
    logLevel: values.LOG_LEVEL,
    ...(values.OAKUM_CONFIG !== undefined && { operatorFile: values.OAKUM_CONFIG }),
  };
}

/** Half of it would leave the page open to nobody, or be taken for more than it is. */
function loginOf({
  CLIENT_ID: id,
  CLIENT_SECRET: clientSecret,
}: z.output<typeof serveSchema>): Pick<ServeEnvironment, "login"> {
  if (id === undefined && clientSecret === undefined) return {};
  if (id !== undefined && clientSecret !== undefined) return { login: { clientId: id, clientSecret } };
  const [given, missing] = id === undefined ? ["CLIENT_SECRET", "CLIENT_ID"] : ["CLIENT_ID", "CLIENT_SECRET"];
  throw new AppError("INPUT", `the environment is not complete:\n${missing} is required beside ${given}`);
}

function storeOf({ OAKUM_DATA, DATABASE_URL }: z.output<typeof storeSchema>): StoreEnvironment {
  return { data: OAKUM_DATA, ...(DATABASE_URL !== undefined && { databaseUrl: DATABASE_URL }) };
}

function read<T extends z.ZodObject>(schema: T, variables: Variables, readFile: ReadFile): z.output<T> {
  const values: Record<string, string> = {};
  const problems = new Map<string, string>();
  for (const name of Object.keys(schema.shape)) {
    const { value, problem } = lookUp(name, variables, readFile);
    if (value !== undefined) values[name] = value;
    if (problem !== undefined) problems.set(name, problem);
  }
  const parsed = schema.safeParse(values);
  for (const { path, message } of parsed.error?.issues ?? []) {
    const name = String(path[0]);
    if (!problems.has(name)) problems.set(name, `${name} ${message}`);
  }
  if (parsed.success && problems.size === 0) return parsed.data;
  throw new AppError("INPUT", ["the environment is not complete:", ...problems.values()].join("\n"));
}

interface Found {
  readonly value?: string;
  readonly problem?: string;
}

/** The variable itself, or what its file holds; empty counts as not set, and both at once as a mistake. */
function lookUp(name: string, variables: Variables, readFile: ReadFile): Found {
  const value = variables[name] || undefined;
  const path = variables[`${name}_FILE`] || undefined;
  if (path === undefined) return value === undefined ? {} : { value };
  if (value !== undefined) return { problem: `${name}_FILE is set beside ${name}: set one of them` };
  try {
    const text = readFile(path).replace(/\r?\n$/, "");
    return text === "" ? {} : { value: text };
  } catch {
    return { problem: `${name}_FILE names a file that cannot be read` };
  }
}

/** Line ends may be written as `\n`, as in one-line variables; all of it may be base64. */
function decodeKey(text: string): string {
  const plain = text.trim().startsWith("-----BEGIN ") ? text : Buffer.from(text, "base64").toString("utf8");
  return `${plain.replaceAll("\\n", "\n").trim()}\n`;
}
