import { expect, it } from "vitest";
import {
  bringsAnother,
  isAbout,
  mayBring,
  nameOfPull,
  parsePatch,
  takesAway,
} from "../../../src/core/pull/competing.ts";
import { dockerfile } from "../../../src/manager/dockerfile/dockerfile.ts";

const OURS = [
  "ARG BASE=alpine:3.19",
  "FROM node:22.1 AS build",
  "RUN true",
  "FROM $BASE",
  "COPY --from=nginx:1.27 /a /a",
  "",
];

function usesOf(lines: readonly string[]) {
  return dockerfile.extract(new Map([["Dockerfile", lines.join("\n")]])).uses;
}

function useOf(text: string) {
  const use = usesOf(OURS).find((one) => one.text === text);
  if (use === undefined) throw new Error(`no use ${text}`);
  return use;
}

const NODE = "node:22.1";

it.each<[what: string, use: string, patch: string, taken: boolean]>([
  ["a newer tag", NODE, "@@ -2 +2 @@\n-FROM node:22.1 AS build\n+FROM node:22.2 AS build", true],
  ["another image", NODE, "@@ -2 +2 @@\n-FROM node:22.1 AS build\n+FROM bun:1 AS build", true],
  ["a tag that only begins alike", NODE, "@@ -2 +2 @@\n-FROM node:22.10 AS build\n+FROM node:22.11 AS build", false],
  ["the line after it", NODE, "@@ -2,2 +2,2 @@\n FROM node:22.1 AS build\n-RUN true\n+RUN false", false],
  ["the ARG that it is read through", "$BASE", "@@ -1 +1 @@\n-ARG BASE=alpine:3.19\n+ARG BASE=alpine:3.20", true],
  ["another ARG of the same value", "$BASE", "@@ -1 +1 @@\n-ARG OTHER=alpine:3.19\n+ARG OTHER=alpine:3.20", false],
  ["a quoted value", "$BASE", '@@ -1 +1 @@\n-ARG BASE="alpine:3.19"\n+ARG BASE=alpine:3.20', true],
  ["a flag's value", "nginx:1.27", "@@ -5 +5 @@\n-COPY --from=nginx:1.27 /a /a\n+COPY --from=nginx:1.28 /a /a", true],
  ["nothing that is a hunk", NODE, "Binary files differ", false],
])("sees that a patch takes %s away: %s", (_, text, patch, taken) => {
  expect(takesAway(useOf(text), parsePatch(patch))).toBe(taken);
});

it("sees what the other head brings for the same image, though it began from an older one", () => {
  const there = ["FROM node:22.0.9 AS build", "RUN true", "FROM alpine:3.18", ""];
  const patch = parsePatch(
    "@@ -1,3 +1,3 @@\n-FROM node:22.0.1 AS build\n+FROM node:22.0.9 AS build\n RUN true\n FROM alpine:3.18",
  );
  const uses = usesOf(there);
  expect(takesAway(useOf(NODE), patch)).toBe(false);
  expect(mayBring(useOf(NODE), patch)).toBe(true);
  expect(bringsAnother(useOf(NODE), uses, patch)).toBe(true);
  expect(mayBring(useOf("$BASE"), patch)).toBe(false);
  expect(bringsAnother(useOf("$BASE"), uses, patch)).toBe(false);
  // Where there is no patch to see, another text alone tells.
  expect(bringsAnother(useOf(NODE), uses, undefined)).toBe(true);
  expect(bringsAnother(useOf(NODE), usesOf(OURS), undefined)).toBe(false);
});

it("is about a file under its old name too", () => {
  const file = { path: "docker/Dockerfile", previous: "Dockerfile", removed: false };
  expect(isAbout(useOf(NODE), file)).toBe(true);
  expect(isAbout(useOf(NODE), { path: "other/Dockerfile", removed: false })).toBe(false);
});

it("names pull requests as people do", () => {
  expect(nameOfPull({ author: "renovate[bot]", number: 812 })).toBe("renovate #812");
});
