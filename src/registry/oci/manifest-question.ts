import type { ImageName } from "../../core/reference.ts";
import { MANIFEST_TYPES } from "./manifest.ts";
import type { Question } from "./question.ts";

/** Asks for what a tag or digest names, of every type that Oakum reads. */
export function manifestQuestion(method: Question["method"], name: ImageName, reference: string): Question {
  const target = `/v2/${name.repository}/manifests/${reference}`;
  return { name, method, target, accept: MANIFEST_TYPES, isPull: method === "GET" };
}
