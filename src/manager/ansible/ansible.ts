import { parseReference } from "../../core/reference.ts";
import type { FileSet } from "../../core/use/use.ts";
import { eachFile } from "../each-file.ts";
import type { Manager } from "../manager.ts";
import type { FieldsSite } from "../syntax/yaml/fields-use.ts";
import { childAt, entriesOf, isText, itemsOf, textOf, valueAt } from "../syntax/yaml/look.ts";
import { type ImageSite, readSites } from "../syntax/yaml/manager.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";
import type { Expand } from "../use/image.ts";
import { isVariables } from "./variable-files.ts";
import { expandIn } from "./variables.ts";

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
  read: (path, text, along) =>
    readSites(
      {
        kind: "ansible",
        mayHold: () => MAY_HOLD.test(text) || MOLECULE.test(path),
        sites: (document) =>
          MOLECULE.test(path) ? platformSites(document) : sitesIn(document, { path, along, facts: factsIn(document) }),
      },
      path,
      text,
    ),
});

const MAY_HOLD = /\b(?:docker_(?:container|swarm_service|image)|podman_(?:container|image))\b/;

function* platformSites(document: YamlNode): Iterable<ImageSite> {
  for (const platform of itemsOf(childAt(document, "platforms"))) yield* containerSite(platform);
}

/** A file with tasks, and what its tasks set for whatever runs after them. */
interface Tasks {
  readonly path: string;
  readonly along: FileSet;
  readonly facts: ReadonlyMap<string, YamlNode>;
}

/** A task, or a play or block with tasks in it, and all that it stands in, from the outside in. */
function* around(
  tasks: YamlNode | undefined,
  outer: readonly YamlNode[] = [],
): Generator<readonly YamlNode[], undefined> {
  if (outer.length > DEEPEST) return;
  for (const task of itemsOf(tasks)) {
    const within = [...outer, task];
    yield within;
    for (const part of TASKS) yield* around(childAt(task, part), within);
  }
}

function factsIn(document: YamlNode): Tasks["facts"] {
  const facts = [...around(document)].flatMap((within) =>
    ["set_fact", "ansible.builtin.set_fact"].flatMap((module) => entriesOf(childAt(within.at(-1), module))),
  );
  return new Map(facts);
}

function* sitesIn(document: YamlNode, { path, along, facts }: Tasks): Iterable<ImageSite | FieldsSite> {
  for (const within of around(document)) {
    const own = (name: string) =>
      [...within.map((node) => valueAt(node, "vars", name)), facts.get(name)].filter((one) => one !== undefined);
    const expand = expandIn(path, along, own);
    for (const [key, args] of entriesOf(within.at(-1))) {
      const module = key.replace(COLLECTION, "");
      if (CONTAINERS.has(module)) yield* containerSite(args, expand);
      else if (IMAGES.has(module)) yield* pulledSite(args, expand);
    }
  }
}

function* containerSite(args: YamlNode, expand?: Expand): Iterable<ImageSite> {
  const node = valueAt(args, "image");
  const platform = textOf(valueAt(args, "platform"));
  if (isText(node))
    yield { node, role: "workload", ...(platform !== undefined && { platform }), ...(expand && { expand }) };
}

/** An image by its name, with the tag in it or beside it. What is built, loaded or removed is none that is kept patched. */
function* pulledSite(args: YamlNode, expand: Expand): Iterable<ImageSite | FieldsSite> {
  const node = valueAt(args, "name");
  const isPulled = !["path", "build"].some((key) => valueAt(args, key) !== undefined);
  const is = (key: string, ...values: readonly string[]) => values.includes(textOf(valueAt(args, key)) ?? "");
  if (!isText(node) || !isPulled || is("source", "build", "load", "local") || is("state", "absent", "build")) return;
  const named = parseReference(textOf(node) ?? "");
  const tag = valueAt(args, "tag");
  const isWhole = named?.tag !== undefined || named?.digest !== undefined || tag === undefined;
  if (isWhole) yield { node, role: "workload", expand };
  else yield { name: [node], tag, digest: undefined, role: "workload" };
}
