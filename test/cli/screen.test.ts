import { describe, expect, it } from "vitest";
import { screenOf } from "../../src/cli/screen.ts";

const TERMINAL = { isTTY: true, columns: 120 };

describe("screenOf", () => {
  it.each<
    [
      what: string,
      stream: Parameters<typeof screenOf>[0],
      environment: Record<string, string>,
      colours: boolean,
      width?: number,
    ]
  >([
    ["a terminal", TERMINAL, { TERM: "xterm-256color" }, true, 120],
    ["a terminal that does not know its width", { isTTY: true, columns: 0 }, {}, true, 80],
    ["a terminal with NO_COLOR", TERMINAL, { NO_COLOR: "1" }, false, 120],
    ["a terminal with an empty NO_COLOR", TERMINAL, { NO_COLOR: "" }, true, 120],
    ["a terminal of a CI", TERMINAL, { CI: "true" }, true],
    ["a terminal where CI is off", TERMINAL, { CI: "false" }, true, 120],
    ["a dumb terminal", TERMINAL, { TERM: "dumb" }, false],
    ["a pipe", {}, { TERM: "xterm-256color" }, false],
  ])("%s", (_, stream, environment, colours, width) => {
    const screen = screenOf(stream, environment);
    expect({ colours: screen.colours, width: screen.width?.() }).toEqual({ colours, width });
  });

  it("follows a terminal that changes its size", () => {
    const stream = { isTTY: true, columns: 120 };
    const { width } = screenOf(stream, {});
    stream.columns = 40;
    expect(width?.()).toBe(40);
  });
});
