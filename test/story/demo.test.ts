import { spawn } from "node:child_process";
import { on, once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const OAKUM = fileURLToPath(new URL("../../bin/oakum", import.meta.url));
const STEP = /^ *\d+\.\d s {2}(world|acme|oakum|publishers|base|runtime|payments|search) +\S/;
const FACT = /^ {9}(page) +\S/;
const ENDING = /\n\n((?:[✓✗] [^\n]*\n)+)\nIt ended as it should, after \d+\.\d s\.\n/;

/** Starts the demo as a person does whose terminal is elsewhere. */
function startDemo(...args: readonly string[]) {
  const child = spawn(OAKUM, ["demo", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill());
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (chunk: Buffer) => {
      said[name] += chunk.toString();
    });
  }
  return { child, said };
}

/** The lines of the story, between its heading and its ending. */
function linesOf(story: string): readonly string[] {
  const [heading, ...parts] = story.split("\n\n");
  expect(heading).toBe("The whole story on this machine; all but git is simulated.");
  return parts[0]?.split("\n") ?? [];
}

test("the demo ends by itself, as it should, with one line for each step", async () => {
  const { child, said } = startDemo("--once");
  const [code] = await once(child, "close");
  expect({ code, stderr: said.stderr }).toEqual({ code: 0, stderr: "" });
  const lines = linesOf(said.stdout);
  expect(lines.length).toBeGreaterThan(15);
  expect(lines.filter((line) => !STEP.test(line))).toEqual([]);
  expect(said.stdout.match(ENDING)?.[1]?.match(/^./gm)).toEqual(["✓", "✓", "✓", "✓", "✓"]);
  expect(said.stdout).toMatch(/ s\.\n$/);
  expect(said.stdout).not.toContain("http");
});

test("the demo keeps its page up until it is asked to end", async () => {
  const { child, said } = startDemo();
  for await (const _ of on(child.stdout, "data", { close: ["close"] })) if (said.stdout.includes("Ctrl-C")) break;
  const [, url = ""] =
    /\nThe page stays at (http:\/\/127\.0\.0\.1:\d+) until you press Ctrl-C\.\n$/.exec(said.stdout) ?? [];
  const page = await fetch(url);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("acme/payments");
  child.kill("SIGINT");
  const [code] = await once(child, "exit");
  expect({ code, stderr: said.stderr }).toEqual({ code: 0, stderr: "" });
  const facts = linesOf(said.stdout).filter((line) => !STEP.test(line));
  expect(facts).toEqual([expect.stringMatching(FACT)]);
  expect(facts[0]).toContain(url);
  expect(said.stdout).toMatch(ENDING);
});
