import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createProgress } from "../../src/cli/progress.ts";

const ERASE = "\r\u001b[J";
const TASK = { who: "payments", doing: "rebuilding", since: 0 };
const LINE = "payments    rebuilding";

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});

afterEach(() => {
  vi.useRealTimers();
});

function start(columns?: number) {
  const written: string[] = [];
  const terminal = { columns };
  const out = (text: string) => written.push(text);
  const output = { json: false, colours: false, out, err: () => {} };
  const progress = createProgress(columns === undefined ? output : { ...output, width: () => terminal.columns ?? 0 });
  return { progress, terminal, taken: () => written.splice(0) };
}

describe("createProgress", () => {
  it("writes finished lines and nothing else where nothing may move", () => {
    const { progress, taken } = start();
    progress.show([TASK]);
    progress.print("done\n");
    vi.advanceTimersByTime(1000);
    progress.end();
    expect(taken()).toEqual(["done\n"]);
  });

  it("redraws what is under way in place, with its time", () => {
    const { progress, taken } = start(80);
    progress.show([TASK]);
    vi.advanceTimersByTime(160);
    expect(taken()).toEqual([`⠋ 0.0 s  ${LINE}`, `${ERASE}⠙ 0.1 s  ${LINE}`, `${ERASE}⠹ 0.2 s  ${LINE}`]);
    progress.end();
  });

  it("prints finished lines above it, in one write each", () => {
    const { progress, taken } = start(80);
    progress.show([TASK]);
    progress.print("done\n");
    expect(taken()[1]).toBe(`${ERASE}done\n⠋ 0.0 s  ${LINE}`);
    progress.end();
  });

  it("takes away all rows of a line that a narrower terminal has broken", () => {
    const { progress, terminal, taken } = start(80);
    progress.show([TASK]);
    terminal.columns = 12;
    vi.advanceTimersByTime(80);
    expect(taken()[1]).toBe("\r\u001b[2A\u001b[J⠙ 0.1 s  p…");
    progress.end();
  });

  it("leaves nothing behind: no line, no timer, no listener", () => {
    const before = process.listenerCount("exit");
    const { progress, taken } = start(80);
    progress.show([TASK]);
    progress.end();
    progress.end();
    expect(taken().slice(1)).toEqual([ERASE]);
    expect(vi.getTimerCount()).toBe(0);
    expect(process.listenerCount("exit")).toBe(before);
  });

  it("takes the line away when the process ends by an error", () => {
    const { progress, taken } = start(80);
    progress.show([TASK]);
    const [last] = process.listeners("exit").slice(-1);
    last?.(1);
    expect(taken().slice(1)).toEqual([ERASE]);
  });

  it("hides no cursor, so that nothing is left to restore after a kill -9", () => {
    const { progress, taken } = start(80);
    progress.show([TASK]);
    vi.advanceTimersByTime(1000);
    progress.print("done\n");
    progress.end();
    expect(taken().join("")).not.toContain("\u001b[?");
  });
});
