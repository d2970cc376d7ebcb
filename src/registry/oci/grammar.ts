import type { Digest } from "../../core/reference.ts";

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

/** Whether `text` is a sha256 digest as the OCI image specification writes it. */
export function isDigest(text: unknown): text is Digest {
  return typeof text === "string" && DIGEST.test(text);
}

/** Whether `text` is a tag by the OCI distribution specification. */
export function isTag(text: unknown): text is string {
  return typeof text === "string" && TAG.test(text);
}

/** Whether `text` is a repository name by the OCI distribution specification, of at most 255 characters. */
export function isRepository(text: unknown): text is string {
  return (
    typeof text === "string" && text.length <= 255 && text.split("/").every((component) => COMPONENT.test(component))
  );
}
