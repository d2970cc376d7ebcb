import { isAppError } from "../../core/errors.ts";
import { requiresCheck } from "../../core/pull/branch-rules.ts";
import type { Onboarding } from "../../core/report/input.ts";
import {
  ONBOARDING_BODY,
  ONBOARDING_BRANCH,
  ONBOARDING_FILE,
  ONBOARDING_TITLE,
} from "../../core/report/onboarding-file.ts";
import type { Repository, Sha } from "../../core/repository.ts";
import type { Pull } from "../../github/pulls.ts";
import type { Context, Run } from "../context.ts";
import { CHECK } from "../gate/report.ts";
import { ORGANISATION_CONFIG, readTree } from "../read/read.ts";
import { act, record } from "../record.ts";

const COMMITTED = "onboarding committed";
const OFFERED = "onboarding offered";
const REFUSED = "onboarding refused";
const NOTHING_TO_JUDGE = {
  name: CHECK,
  externalId: "onboarding",
  status: "completed",
  conclusion: "neutral",
  title: "Nothing to judge",
  summary: "This pull request turns proposing on, and updates no image.",
  annotations: [],
} as const;
const MESSAGE = "Add Oakum's configuration with mode: propose";

/**
 * Offers the organisation to turn proposing on, by one pull request that adds an `oakum.yml` to its policy repository: never
 * where there is one, and never again once it was closed or merged. Answers with how that stands.
 */
export async function offerProposing(context: Context, run: Run, policy: Repository): Promise<Onboarding> {
  const head = await context.github.trees.head(policy, policy.defaultBranch);
  if (head === undefined) return { state: "impossible", why: "the repository is empty" };
  const isConfigured = (await readTree(context, policy, head)).has(ORGANISATION_CONFIG);
  try {
    return await offer(context, run, policy, head, isConfigured);
  } catch (error) {
    // An App of the observe tier may not; what it may do, it goes on with.
    if (!isAppError(error, "DENIED")) throw error;
    context.log.warn({ job: run.key, reason: error.message }, "the onboarding pull request cannot be opened");
    if (isConfigured) return { state: "configured" };
    return { state: "impossible", why: "the App lacks the permission for it" };
  }
}

async function offer(
  context: Context,
  run: Run,
  policy: Repository,
  head: Sha,
  isConfigured: boolean,
): Promise<Onboarding> {
  const { github } = context;
  const [pull] = await github.pulls.list(policy, ONBOARDING_BRANCH, "all");
  const branch = (await github.branches.matching(policy, ONBOARDING_BRANCH)).get(ONBOARDING_BRANCH);
  const isOurs = branch !== undefined && (await isCommitted(context, run, branch));
  if (isConfigured) {
    if (isOurs) await withdraw(context, run, policy, branch, pull);
    return { state: "configured" };
  }
  if (await isRefused(context, run)) return { state: "refused" };
  const isOffered = pull !== undefined && (await isOffer(context, run, policy, pull));
  if ((branch !== undefined && !isOurs && !isOffered) || (pull !== undefined && !isOffered)) {
    return { state: "impossible", why: `someone else's branch is called ${ONBOARDING_BRANCH}` };
  }
  if (pull?.state === "open") return standing(context, run, policy, pull);
  if (pull !== undefined) return refuse(context, run, policy, pull);
  if (branch === undefined) await push(context, run, policy, head);
  return standing(context, run, policy, await open(context, run, policy));
}

/** Where a rule asks for our check it would wait for ever: on this pull request there is nothing to judge. */
async function standing(context: Context, run: Run, policy: Repository, pull: Pull): Promise<Onboarding> {
  if (await isCommitted(context, run, pull.head)) {
    const { branches, checks, installations } = context.github;
    const rules = await branches.rules(policy, policy.defaultBranch);
    if (requiresCheck(rules, CHECK, await installations.app()))
      await checks.report(policy, { ...NOTHING_TO_JUDGE, head: pull.head });
  }
  return { state: "open", number: pull.number };
}

async function isCommitted({ store }: Context, { key }: Run, commit: Sha): Promise<boolean> {
  return (await store.ledger.find(key, COMMITTED, commit)) !== undefined;
}

async function isRefused({ store }: Context, { key }: Run): Promise<boolean> {
  return (await store.ledger.newest(key, REFUSED)) !== undefined;
}

/** Whether a pull request is the one that we opened, whatever was pushed to its branch since. */
async function isOffer(context: Context, run: Run, policy: Repository, pull: Pull): Promise<boolean> {
  const offered = await context.store.ledger.find(run.key, OFFERED, nameOf(policy, pull.number));
  return offered !== undefined || isCommitted(context, run, pull.head);
}

function nameOf({ repository }: Repository, number: number): string {
  return `${repository}#${number}`;
}

/** It was closed, or merged and its file taken away again: either is a no, and stays one. */
async function refuse(context: Context, run: Run, policy: Repository, { number, merged }: Pull): Promise<Onboarding> {
  const cause = nameOf(policy, number);
  await record(context, run, { subject: run.key, transition: REFUSED, cause, data: { merged } });
  return { state: "refused" };
}

/** The commit is on record before the branch points at it: only such are ours. */
async function push(context: Context, run: Run, policy: Repository, head: Sha): Promise<void> {
  const file = { path: ORGANISATION_CONFIG, mode: "100644", content: ONBOARDING_FILE } as const;
  await act(
    context,
    run,
    { subject: run.key, transition: "onboarding pushed", cause: `${policy.repository} on ${head}`, data: {} },
    async () => {
      const commit = await context.github.branches.commit(policy, head, [file], MESSAGE);
      await record(context, run, { subject: run.key, transition: COMMITTED, cause: commit, data: {} });
      await context.github.branches.move(policy, ONBOARDING_BRANCH, undefined, commit);
    },
    async () => {},
  );
}

async function open(context: Context, run: Run, policy: Repository): Promise<Pull> {
  const pull = {
    branch: ONBOARDING_BRANCH,
    base: policy.defaultBranch,
    title: ONBOARDING_TITLE,
    body: ONBOARDING_BODY,
  };
  return act(
    context,
    run,
    { subject: run.key, transition: "onboarding opened", cause: String(policy.repository), data: {} },
    () => context.github.pulls.open(policy, pull),
    async ({ ledger }, opened) => {
      const cause = nameOf(policy, opened.number);
      await ledger.append({ subject: run.key, transition: OFFERED, cause, data: {} }, context.now());
    },
  );
}

/** There is an `oakum.yml`, ours or a person's: the pull request is of no use any more, nor is its branch. */
async function withdraw(
  context: Context,
  run: Run,
  policy: Repository,
  branch: Sha,
  pull: Pull | undefined,
): Promise<void> {
  await act(
    context,
    run,
    { subject: run.key, transition: "onboarding ended", cause: branch, data: {} },
    async () => {
      if (pull?.state === "open") await context.github.pulls.update(policy, pull.number, { state: "closed" });
      await context.github.branches.move(policy, ONBOARDING_BRANCH, branch, undefined);
    },
    async () => {},
  );
}
