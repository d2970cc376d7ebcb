import type { Manager } from "../manager.ts";
import { childAt, entriesOf, isText, itemsOf, valueAt } from "../syntax/yaml/look.ts";
import { type ImageSite, yamlManager } from "../syntax/yaml/manager.ts";
import type { YamlNode } from "../syntax/yaml/tree.ts";

const NAMES = /(?:^|\/)\.(?:drone|woodpecker)\.ya?ml$|(?:^|\/)\.woodpecker\/.*\.ya?ml$/i;

/**
 * Drone and Woodpecker: https://docs.drone.io/pipeline/docker/syntax/images/,
 * https://woodpecker-ci.org/docs/usage/workflow-syntax
 */
export const drone: Manager = yamlManager({
  kind: "drone",
  matches: (path) => NAMES.test(path),
  mayHold: (text) => /\bimage["']?[ \t]*:/.test(text),
  sites: sitesIn,
});

function* sitesIn(document: YamlNode): Iterable<ImageSite> {
  for (const part of ["clone", "steps", "pipeline", "services"]) {
    const steps = childAt(document, part);
    // A list of steps, or a map of them by name.
    for (const step of [...itemsOf(steps), ...entriesOf(steps).map(([, value]) => value)]) {
      const node = valueAt(step, "image");
      if (isText(node)) yield { node, role: "workload" };
    }
  }
}
