import { describe, expect, it } from "vitest";
import { parseReference } from "../../../src/core/reference.ts";
import { readTagComments } from "../../../src/core/use/tag-comment.ts";
import type { Use } from "../../../src/core/use/use.ts";
import { devcontainer } from "../../../src/manager/devcontainer/devcontainer.ts";
import { dockerfile } from "../../../src/manager/dockerfile/dockerfile.ts";
import { helm } from "../../../src/manager/helm/helm.ts";
import { kubernetes } from "../../../src/manager/kubernetes/kubernetes.ts";
import { maven } from "../../../src/manager/maven/maven.ts";
import { terraform } from "../../../src/manager/terraform/terraform.ts";
import { digestOf } from "../arbitraries.ts";
import { commentCases } from "./comment-cases.ts";

const MANAGERS = [devcontainer, dockerfile, helm, kubernetes, maven, terraform];
const DIGEST = digestOf("a");

/** The use of the first reference with the digest in a text, where it stands. */
function useIn(path: string, text: string, manager: string): Use {
  const found = /[\w./:-]+@sha256:a{64}/.exec(text)?.[0] ?? "";
  const start = text.indexOf(found);
  const reference = parseReference(found);
  return {
    ...{ manager, path, line: 1, role: "base", text: found, span: { path, start, end: start + found.length } },
    ...{ resolved: found, variables: [] },
    ...(reference && { reference }),
  };
}

describe("a comment beside a digest", () => {
  it.each(commentCases())("$text", ({ manager, path = "Dockerfile", text: written, tag }) => {
    const text = written.replaceAll("DIGEST", DIGEST).replaceAll("OTHER", digestOf("b"));
    const files = new Map([[path, text]]);
    const reader = MANAGERS.find(({ kind, matches }) => kind === manager && matches(path));
    const read = reader?.extract(files).uses.filter(({ reference }) => reference?.digest === DIGEST) ?? [];
    const [use] = readTagComments(read.length > 0 ? read : [useIn(path, text, manager)], files);
    expect(use?.comment?.tag ?? null).toBe(tag);
    if (use?.comment !== undefined) expect(text.slice(use.comment.start, use.comment.end)).toBe(tag);
  });

  it("is looked for near by, whatever the file is like", () => {
    const text = `#${" ".repeat(1_000_000)}22-alpine\nFROM node@${DIGEST} ${"\\".repeat(1_000_000)}`;
    const files = new Map([["Dockerfile", text]]);
    const begun = performance.now();
    expect(readTagComments([useIn("Dockerfile", text, "dockerfile")], files)[0]?.comment).toBeUndefined();
    expect(performance.now() - begun).toBeLessThan(200);
  });
});
