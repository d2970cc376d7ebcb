import type { Manager } from "../manager.ts";
import { childAt, entriesOf, isText, itemsOf, textOf, valueAt } from "../syntax/yaml/look.ts";
import { type ImageSite, yamlManager } from "../syntax/yaml/manager.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";
import { scriptWriters } from "./script-writers.ts";

/** Workflows, and the metadata of actions wherever they stand. */
const WORKFLOW = /^\.(?:github|gitea|forgejo)\/workflows\/[^/]+\.ya?ml$/i;
const ACTION = /(?:^|\/)action\.ya?ml$/i;
const DOCKER = "docker://";
/** GitHub's own runners: https://docs.github.com/en/actions/reference/runners/github-hosted-runners */
const ARM = /^ubuntu-[\d.]{1,16}-arm$/;
const MOST_SHOWN = 128;

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax */
export const githubActions: Manager = yamlManager({
  kind: "github-actions",
  matches: (path) => WORKFLOW.test(path) || ACTION.test(path),
  writers: (files) => scriptWriters(files, (path) => WORKFLOW.test(path) || ACTION.test(path)),
  mayHold: (text) => /\bcontainer["']?[ \t]*:|\bservices["']?[ \t]*:|docker:\/\//.test(text),
  sites: (document, { path }) => (WORKFLOW.test(path) ? workflowSites(document) : actionSites(document)),
});

function* workflowSites(document: YamlNode): Iterable<ImageSite> {
  for (const [name, job] of entriesOf(childAt(document, "jobs"))) {
    const runner = textOf(valueAt(job, "runs-on")) ?? "";
    const around = {
      within: `job ${name}`.slice(0, MOST_SHOWN),
      ...(ARM.test(runner) && { platform: "linux/arm64" }),
    };
    for (const site of jobSites(job)) yield { ...site, ...around };
  }
}

function* jobSites(job: YamlNode): Iterable<ImageSite> {
  yield* containerSite(valueAt(job, "container"));
  for (const [, service] of entriesOf(childAt(job, "services"))) yield* containerSite(service);
  yield* stepSites(childAt(job, "steps"));
}

function* actionSites(document: YamlNode): Iterable<ImageSite> {
  yield* dockerSite(valueAt(document, "runs", "image"));
  yield* stepSites(childAt(document, "runs", "steps"));
}

/** `container: node:22`, or a map with the image in it. An empty one means none. */
function* containerSite(container: YamlNode | undefined): Iterable<ImageSite> {
  const image = isText(container) ? container : valueAt(container, "image");
  if (isText(image) && textOf(image) !== "") yield { node: image, role: "workload" };
}

function* stepSites(steps: YamlNode | undefined): Iterable<ImageSite> {
  for (const step of itemsOf(steps)) yield* dockerSite(valueAt(step, "uses"));
}

/** Anything else is an action or a Dockerfile. */
function* dockerSite(node: YamlNode | undefined): Iterable<ImageSite> {
  if (isText(node) && textOf(node)?.startsWith(DOCKER) === true) yield { node, role: "workload", prefix: DOCKER };
}
