import { parseReference } from "../../core/reference.ts";
import { eachFile } from "../each-file.ts";
import type { Manager } from "../manager.ts";
import type { FieldsSite } from "../syntax/yaml/fields-use.ts";
import { childAt, entriesOf, isText, itemsOf, textOf, valueAt } from "../syntax/yaml/look.ts";
import { type ImageSite, readSites } from "../syntax/yaml/manager.ts";
import type { YamlFile, YamlNode } from "../syntax/yaml/tree.ts";
import { expandIn, isVariables } from "./variables.ts";

const NAMES = /\.ya?ml$/i;
/** Files of other tools, which have no tasks of Ansible in them. */
const OTHERS = /(?:^|\/)\.(?:github|gitlab|circleci|woodpecker)\/|(?:^|\/)(?:docker-)?compose[^/]*\.ya?ml$/i;
/** Modules, by their own names or in full: `community.docker.docker_container`. */
const COLLECTION = /^[a-z]\w*\.[a-z]\w*\./;
const CONTAINERS: ReadonlySet<string> = new Set(["docker_container", "docker_swarm_service", "podman_container"]);
const IMAGES: ReadonlySet<string> = new Set(["docker_image", "docker_image_pull", "podman_image"]);
/** Where tasks stand in plays and blocks. */
const TASKS = ["pre_tasks", "tasks", "post_tasks", "handlers", "block", "rescue", "always"] as const;
const DEEPEST = 16;

/** What Molecule tests a role in: https://ansible.readthedocs.io/projects/molecule/configuration/ */
const MOLECULE = /(?:^|\/)molecule\.ya?ml$/;

/**
 * Tasks of Ansible that run or pull an image: https://docs.ansible.com/ansible/latest/collections/community/docker/,
 * https://docs.ansible.com/ansible/latest/collections/containers/podman/. Found by what is in them, in whatever folder they stand.
 */
export const ansible: Manager = eachFile({
  kind: "ansible",
  matches: (path) => NAMES.test(path) && !OTHERS.test(path) && !isVariables(path),
  looksInto: isVariables,
  read: (path, text, files) => readSites({ ...TASKS_OF_A_FILE, expand: expandIn(path, files) }, path, text),
});

const TASKS_OF_A_FILE = {
  kind: "ansible",
  mayHold: (text: string, path: string) =>
    /\b(?:docker_(?:container|swarm_service|image)|podman_(?:container|image))\b/.test(text) || MOLECULE.test(path),
  sites: (document: YamlNode, { path }: YamlFile) =>
    MOLECULE.test(path) ? platformSites(document) : taskSites(document, 0),
};

function* platformSites(document: YamlNode): Iterable<ImageSite> {
  for (const platform of itemsOf(childAt(document, "platforms"))) yield* containerSite(platform);
}

function* taskSites(tasks: YamlNode | undefined, depth: number): Iterable<ImageSite | FieldsSite> {
  if (depth > DEEPEST) return;
  for (const task of itemsOf(tasks)) {
    for (const [key, args] of entriesOf(task)) {
      const module = key.replace(COLLECTION, "");
      if (CONTAINERS.has(module)) yield* containerSite(args);
      else if (IMAGES.has(module)) yield* pulledSite(args);
    }
    for (const part of TASKS) yield* taskSites(childAt(task, part), depth + 1);
  }
}

function* containerSite(args: YamlNode): Iterable<ImageSite> {
  const node = valueAt(args, "image");
  const platform = textOf(valueAt(args, "platform"));
  if (isText(node)) yield { node, role: "workload", ...(platform !== undefined && { platform }) };
}

/** An image by its name, with the tag in it or beside it. What is built, loaded or removed is none that is kept patched. */
function* pulledSite(args: YamlNode): Iterable<ImageSite | FieldsSite> {
  const node = valueAt(args, "name");
  const isPulled = !["path", "build"].some((key) => valueAt(args, key) !== undefined);
  const is = (key: string, ...values: readonly string[]) => values.includes(textOf(valueAt(args, key)) ?? "");
  if (!isText(node) || !isPulled || is("source", "build", "load", "local") || is("state", "absent", "build")) return;
  const named = parseReference(textOf(node) ?? "");
  const tag = valueAt(args, "tag");
  const isWhole = named?.tag !== undefined || named?.digest !== undefined || tag === undefined;
  if (isWhole) yield { node, role: "workload" };
  else yield { name: [node], tag, digest: undefined, role: "workload" };
}
