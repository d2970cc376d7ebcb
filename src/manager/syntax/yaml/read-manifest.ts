import { isHelmfile, isValuesTemplate } from "./helmfile.ts";
import { readTemplate, readYaml } from "./read.ts";
import type { YamlFile } from "./tree.ts";

/** Where charts keep their templates. */
const TEMPLATES = /(?:^|\/)templates\//;

/** Reads a file that may be a manifest or a template of one, as a chart has it. */
export function readManifest(path: string, text: string): YamlFile {
  if (!text.includes("{{")) return readYaml(path, text);
  if (TEMPLATES.test(path) || isHelmfile(path) || isValuesTemplate(path)) return readTemplate(path, text);
  // Argo Workflows, and others, write braces into what is YAML all the same.
  const plain = readYaml(path, text);
  if (plain.problems.length === 0) return plain;
  const template = readTemplate(path, text);
  return template.problems.length === 0 ? template : plain;
}
