import { z } from "zod";

const login = z.string().min(1);
const files = z.record(z.string(), z.string());
const place = { owner: login, name: z.string().min(1) };
const pull = z.strictObject({ ...place, number: z.int(), login });
const rule = z.strictObject({ type: z.string(), parameters: z.record(z.string(), z.unknown()).optional() });

/** What each order of the control API takes. */
export const inputs = {
  app: z.strictObject({
    id: z.int(),
    slug: z.string(),
    owner: login.default("oakum"),
    publicKey: z.string(),
    webhookUrl: z.string().default(""),
    webhookSecret: z.string().default(""),
    clientSecret: z.string().default(""),
    callbackUrls: z.array(z.string()).default([]),
    permissions: z.record(z.string(), z.string()),
    events: z.array(z.string()),
  }),
  appChange: z.strictObject({ webhookUrl: z.string() }),
  installation: z.strictObject({
    app: z.int(),
    account: login,
    repositories: z.union([z.literal("all"), z.array(z.union([z.int(), z.string()]))]).default("all"),
  }),
  repository: z.strictObject({
    ...place,
    private: z.boolean().default(false),
    files: files.default({}),
    /** Whether the first push starts workflows. */
    runs: z.boolean().default(false),
  }),
  repositoryChange: z.strictObject({
    /** Another name, or another account: it is renamed, or transferred. */
    name: z.string().min(1).optional(),
    owner: login.optional(),
    archived: z.boolean().optional(),
    /** The ways to merge that its settings allow. */
    methods: z.array(z.enum(["merge", "squash", "rebase"])).optional(),
    properties: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
  }),
  installationChange: z.strictObject({
    repositories: z.array(z.int()).optional(),
    suspended: z.boolean().optional(),
    /** Beside those that the App asked for. */
    permissions: z.record(z.string(), z.string()).optional(),
    /** Which the account has agreed to. */
    events: z.array(z.string()).optional(),
  }),
  ruleset: z.strictObject({
    ...place,
    branch: z.string().default("main"),
    kind: z.enum(["ruleset", "protection"]).default("ruleset"),
    /** In short for a rule that requires them. */
    requiredChecks: z.array(z.strictObject({ context: z.string(), app: z.int().optional() })).default([]),
    rules: z.array(rule).default([]),
    bypass: z.array(login).default([]),
  }),
  rulesetChange: z.strictObject({ rules: z.array(rule) }),
  commit: z.strictObject({
    ...place,
    branch: z.string().default("main"),
    files: z.record(z.string(), z.string().nullable()).default({}),
    message: z.string(),
    author: login.default("octocat"),
    /** Where a new branch starts; the default branch when left out. */
    from: z.string().optional(),
    force: z.boolean().default(false),
  }),
  branch: z.strictObject({ ...place, branch: z.string(), login: login.default("octocat") }),
  collaborator: z.strictObject({
    ...place,
    login,
    permission: z.enum(["read", "triage", "write", "maintain", "admin"]),
  }),
  formerCollaborator: z.strictObject({ ...place, login }),
  team: z.strictObject({ owner: login, slug: z.string() }),
  unrequest: z.strictObject({ ...pull.shape, reviewer: login }),
  token: z.strictObject({
    login,
    repositories: z.union([z.literal("all"), z.array(z.int())]).default("all"),
  }),
  review: z.strictObject({
    ...pull.shape,
    state: z.enum(["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED", "PENDING"]),
    body: z.string().default(""),
    commit: z.string().optional(),
  }),
  comment: z.strictObject({ ...pull.shape, body: z.string() }),
  commentChange: z.strictObject({ login, body: z.string() }),
  pull,
  newPull: z.strictObject({
    ...place,
    login,
    title: z.string(),
    body: z.string().nullable().default(null),
    head: z.string(),
    base: z.string().default("main"),
    draft: z.boolean().default(false),
    /** Whose fork the head is in. */
    fork: z.string().optional(),
  }),
  newIssue: z.strictObject({ ...place, login, title: z.string(), body: z.string().nullable().default(null) }),
  rerequest: z.strictObject({ login: login.default("octocat") }),
  run: z.strictObject({
    status: z.enum(["in_progress", "completed"]),
    conclusion: z.string().optional(),
    artifacts: z.record(z.string(), files).default({}),
  }),
  fault: z.strictObject({
    respond: z
      .strictObject({
        method: z.string().optional(),
        path: z.string(),
        status: z.int(),
        headers: z.record(z.string(), z.string()).optional(),
        body: z.unknown().optional(),
        times: z.int().optional(),
      })
      .optional(),
    kill: z.strictObject({ pid: z.int().min(2), after: z.int().min(1) }).optional(),
    limit: z.strictObject({ seconds: z.number(), retryAfter: z.int() }).optional(),
    weather: z.strictObject({ seed: z.int(), requests: z.number(), webhooks: z.number() }).optional(),
  }),
  clock: z.strictObject({ advance: z.number() }),
  /** `mergeable`: milliseconds for which it is not known yet whether a pull merges, after it was asked for first. */
  limits: z.strictObject({ tree: z.int().optional(), rate: z.int().optional(), mergeable: z.int().optional() }),
};

export type Input<K extends keyof typeof inputs> = z.output<(typeof inputs)[K]>;
