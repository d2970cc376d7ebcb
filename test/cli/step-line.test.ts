import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { liveLine, type Step, stepLine, type Task } from "../../src/cli/step-line.ts";

const NOW = 1_000_000;

describe("stepLine", () => {
  it.each<[what: string, step: Step, line: string]>([
    ["a step", { who: "payments", what: "merged", took: 1234 }, "  1.2 s  payments    merged"],
    ["a long one", { who: "oakum", what: "up", took: 123_456 }, "123.5 s  oakum       up"],
    ["one whose clocks differ", { who: "base", what: "moved", took: -3 }, "  0.0 s  base        moved"],
    ["a fact that is no step", { who: "page", what: "up" }, "         page        up"],
    [
      "text that a terminal would obey",
      { who: "a\u001b[2J", what: "b\r\nc\u202ed", took: 0 },
      "  0.0 s  a [2J       b cd",
    ],
  ])("tells %s", (_, step, line) => {
    expect(stepLine(step, false)).toBe(line);
  });

  it("has colours where they are wanted", () => {
    expect(stepLine({ who: "payments", what: "pass", tone: "good", took: 0 }, true)).toBe(
      "\u001b[2m  0.0 s\u001b[22m  \u001b[1mpayments   \u001b[22m \u001b[32mpass\u001b[39m",
    );
    expect(stepLine({ who: "search", what: "fail", tone: "bad", took: 0 }, true)).toContain("\u001b[31mfail");
  });
});

describe("liveLine", () => {
  const one: Task = { who: "payments", doing: "rebuilding", since: NOW - 1250 };
  const other: Task = { who: "search", doing: "scanning", since: NOW - 12_000 };

  it.each<[what: string, tasks: readonly Task[], width: number, line: string]>([
    ["nothing", [], 80, ""],
    ["one, in the columns of the finished lines", [one], 80, "⠋ 1.3 s  payments    rebuilding"],
    ["several, with the longest time", [one, other], 80, "⠋12.0 s  payments    rebuilding · search: scanning"],
    ["what fits", [one, other], 30, "⠋12.0 s  payments    rebuildi…"],
    ["a narrow terminal", [one], 12, "⠋ 1.3 s  pa…"],
    ["one too narrow for words", [one], 9, "⠋"],
    ["one without room", [one], 0, ""],
    ["hostile text", [{ ...one, doing: "a\u001b]0;x\u0007\nb" }], 80, "⠋ 1.3 s  payments    a ]0;x b"],
  ])("shows %s", (_, tasks, width, line) => {
    expect(liveLine(tasks, NOW, width, false)).toBe(line);
  });

  it("moves", () => {
    const frames = [0, 80, 160, 800].map((later) => liveLine([one], NOW + later, 1, false));
    expect(frames).toEqual(["⠋", "⠙", "⠹", "⠋"]);
  });

  it("is never wider than the terminal, and has the same text in colour", () => {
    const task = fc.record({
      who: fc.string({ unit: "binary" }),
      doing: fc.string({ unit: "binary" }),
      since: fc.nat(NOW),
    });
    fc.assert(
      fc.property(fc.array(task, { maxLength: 4 }), fc.nat(200), (tasks, width) => {
        const plain = liveLine(tasks, NOW, width, false);
        expect(plain.length).toBeLessThanOrEqual(width);
        expect(plain).not.toMatch(/\p{Cc}/u);
        expect(plain.isWellFormed()).toBe(true);
        expect(liveLine(tasks, NOW, width, true).replace(/\u001b\[\d+m/g, "")).toBe(plain);
      }),
    );
  });
});
