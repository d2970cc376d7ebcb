import { isBuilt } from "../../plan/group.ts";
import { strictestOf } from "../../policy/strictness.ts";
import { type Reason, sentence } from "../../reason.ts";
import { formatPlatform } from "../../reference.ts";
import { code, escapeText, link, takeWithin } from "../../text/markdown.ts";
import { formatDuration } from "../../text/time-text.ts";
import type { Evidence, Scans } from "../../verdict/verdict.ts";
import type { PullBodyInput } from "./input.ts";
import { shortDigest } from "./updates.ts";

const MOST_IMAGES = 5;
const MOST_STAGES = 12;
const MOST_REVIEWERS = 10;
const BUDGET = 2_000;

/** What was checked, and what comes next: done or not, one line each. */
export function checklist(input: PullBodyInput): string {
  const { evidence } = input;
  const items = [
    ...builtItem(input),
    ...baseItem(evidence),
    scanItem(evidence.scans),
    signatureItem(evidence.signature),
    mergeItem(input),
    deployItem(input),
  ];
  return items.join("\n");
}

function item(done: boolean, text: string): string {
  return `- [${done ? "x" : " "}] ${text}`;
}

function builtItem({ evidence: { build }, built }: PullBodyInput): readonly string[] {
  const what = "rebuilt from this branch";
  if (build.state === "not-applicable") return [];
  if (build.state === "pending") return [item(false, `${what}: under way`)];
  if (build.state === "failed") return [item(false, `${what}: **no**, ${because(build.reason)}`)];
  const images = built.map((image) => {
    const name = code(`${image.registry}/${image.repository}@${shortDigest(image.digest)}`, 300);
    return `${link(runName(image.url), image.url, 40)}, ${name}`;
  });
  const shown = takeWithin(images, MOST_IMAGES, BUDGET);
  const more = images.length > shown.length ? [`and ${images.length - shown.length} more`] : [];
  return [item(true, `${what}: ${[...shown, ...more].join("; ")}`)];
}

/** `run 4711`, where the address is that of a workflow's run. */
function runName(url: string): string {
  const [, run] = /\/runs\/(\d{1,20})/.exec(url) ?? [];
  return run === undefined ? "build log" : `run ${run}`;
}

function baseItem({ base, build }: Evidence): readonly string[] {
  const what = "stands on the new base";
  switch (base) {
    case "on-new-base":
      return [item(true, `${what}: the image starts with its layers`)];
    case "not-on-new-base":
      return [item(false, `${what}: **no**, the image does not start with its layers`)];
    case "unknown":
      return build.state === "done" ? [item(false, `${what}: could not be checked`)] : [];
    case "not-applicable":
      return [];
  }
}

function scanItem(scans: Scans): string {
  const what = "scanned before and after";
  if (scans.state === "pending") return item(false, `${what}: not yet`);
  if (scans.state === "failed") return item(false, `${what}: **no**, ${because(scans.reason)}`);
  const [report] = scans.after;
  const compared = report !== undefined && (scans.before ?? []).length > 0;
  if (report === undefined) return item(false, `${what}: **no**`);
  const { name, version, database } = report.scanner;
  const by = `${code(`${name} ${version}`, 60)}, advisories ${code(database, 80)}`;
  const platforms = scans.after.slice(0, MOST_IMAGES).map(({ platform, packages }) => {
    return `${packages.length} packages on ${code(formatPlatform(platform), 60)}`;
  });
  const only = compared ? "" : " (**only after**: nothing to compare with)";
  return item(compared, `${what}: ${by}, ${[...new Set(platforms)].join(", ")}${only}`);
}

function signatureItem({ policy, state }: Evidence["signature"]): string {
  const found = { verified: "verified", missing: "not signed", "not-checked": "not checked" }[state];
  return item(state === "verified", `signature of the new image: ${found} (policy: ${policy})`);
}

function mergeItem({ group, verdict }: PullBodyInput): string {
  const { merge, reviewers } = strictestOf(group.updates.map(({ policy }) => policy));
  const named = reviewers.slice(0, MOST_REVIEWERS);
  const who = named.map((reviewer) => code(reviewer, 60)).join(" or ") || "a person";
  if (merge === "never") return item(false, `merged by ${who}: policy leaves it to people`);
  const conditions = [
    ...(verdict?.state === "pass" ? [] : ["it passes"]),
    ...(merge === "approval" ? [`${who} has approved this commit`] : []),
    "the required checks are green",
  ];
  return item(false, `merged by Oakum, once ${conditions.join(" and ")}`);
}

function deployItem({ stages, group }: PullBodyInput): string {
  if (!isBuilt(group)) return item(false, "then: whatever deploys these files takes it from the base branch");
  if (stages === undefined)
    return item(false, "then: built from this branch by whoever delivers it (Oakum releases the default branch only)");
  if (stages.length === 0)
    return item(false, "then: built and scanned again from the base branch (no deployment is configured)");
  const names = stages.slice(0, MOST_STAGES).map(({ environment, soak = 0 }) => {
    const wait = soak > 0 ? `${formatDuration(soak * 1000)} soak` : "";
    return [code(environment, 60), wait].filter((part) => part !== "").join(" → ");
  });
  const more = stages.length > names.length ? [`${stages.length - names.length} more`] : [];
  return item(false, `then: ${[...names, ...more].join(" → ")}`);
}

function because(reason: Reason): string {
  return escapeText(sentence(reason), 300);
}
