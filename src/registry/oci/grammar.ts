import { parseReference } from "../../core/reference.ts";

/** Whether `text` is a tag by the OCI distribution specification. */
export function isTag(text: string): boolean {
  return parseReference(`registry.invalid/name:${text}`)?.tag === text;
}

/** Whether `text` is a repository name by the OCI distribution specification, of at most 255 characters. */
export function isRepository(text: string): boolean {
  return parseReference(`registry.invalid/${text}`)?.repository === text;
}
