import { expect, test } from "vitest";
import { extractEach } from "../../src/flow/read/extract.ts";
import { compose } from "../../src/manager/compose/compose.ts";
import type { Manager } from "../../src/manager/manager.ts";

const SERVICES = 50;
const COMPOSE = "services:\n  web:\n    build: { context: ., args: { VERSION: 22 } }\n";
const FILES = new Map(
  Array.from({ length: SERVICES }, (_, at) => [
    [`${at}/compose.yaml`, COMPOSE] as const,
    [`${at}/Dockerfile`, "ARG VERSION=20\nFROM node:$VERSION\n"] as const,
  ]).flat(),
);

test("every file is handed out once, and those that are looked into are not gathered anew for each of them", () => {
  const handed: string[] = [];
  const alongside = new Set<unknown>();
  const counting: Manager = {
    ...compose,
    extract: (files, along) => {
      handed.push(...files.keys());
      alongside.add(along);
      return compose.extract(files, along);
    },
  };
  const uses = [...extractEach([counting], FILES)].flatMap((one) => one.uses);
  expect(handed).toEqual([...FILES.keys()].filter((path) => path.endsWith("compose.yaml")));
  expect(alongside.size).toBe(1);
  expect(uses.map(({ resolved }) => resolved)).toEqual(Array(SERVICES).fill("node:22"));
});
