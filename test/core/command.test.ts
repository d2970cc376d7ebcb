import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCommands } from "../../src/core/command.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The commands of a comment in short: `rebase`, `snooze 604800000`, `? what is wrong`. */
function read(body: string): readonly string[] {
  return readCommands(body).map((line) => {
    if ("problem" in line) return `? ${line.problem}`;
    const { command } = line;
    return command.kind === "snooze" ? `snooze ${command.duration}` : command.kind;
  });
}

const fence = "```";

describe("readCommands", () => {
  it.each<[string, string, readonly string[]]>([
    ["nothing", "Looks good to me", []],
    ["a command", "/oakum rebase", ["rebase"]],
    [
      "all of them",
      "/oakum rebase\n/oakum refuse\n/oakum pause\n/oakum resume",
      ["rebase", "refuse", "pause", "resume"],
    ],
    ["one among talk, as browsers send it", "Sorry.\r\n\r\n/oakum refuse\r\nwe wait", ["refuse"]],
    ["room around it", "/oakum   rebase  ", ["rebase"]],
    ["capitals", "/OAKUM Rebase", ["rebase"]],
    ["hours", "/oakum snooze 1h", [`snooze ${HOUR}`]],
    ["days", "/oakum snooze 7d", [`snooze ${7 * DAY}`]],
    ["weeks", "/oakum snooze 2w", [`snooze ${14 * DAY}`]],
    ["the longest", "/oakum snooze 90d", [`snooze ${90 * DAY}`]],
    ["not in the middle of a line", "try /oakum refuse", []],
    ["not indented", " /oakum refuse\n    /oakum refuse\n\t/oakum refuse", []],
    ["not in a quote", "> /oakum refuse\n>/oakum refuse", []],
    ["not in a list", "- /oakum refuse", []],
    ["not in a block of code", `${fence}\n/oakum refuse\n${fence}\n/oakum rebase`, ["rebase"]],
    ["not in a block of code with a language", `${fence}sh\n/oakum refuse\n${fence}`, []],
    ["not in a block of tildes with backticks in it", `~~~\n${fence}\n/oakum refuse\n~~~\n/oakum rebase`, ["rebase"]],
    ["not where a longer fence is still open", `${fence}${fence}\n${fence}\n/oakum refuse\n${fence}${fence}`, []],
    ["not in a block that nobody closed", `${fence}\n/oakum refuse`, []],
    ["after a line that only looks like a fence", `${fence} a \`b\`\n/oakum rebase`, ["rebase"]],
    ["not in an HTML comment", "<!--\n/oakum refuse\n-->\n/oakum rebase", ["rebase"]],
    ["after one that is closed", "<!-- a -->\n/oakum rebase", ["rebase"]],
    ["not in preformatted text", "<pre>\n/oakum refuse\n</pre>\n/oakum rebase", ["rebase"]],
    ["not another word", "/oakums refuse\n/oakum-refuse\n/oakum/refuse", []],
    ["an unknown command", "/oakum merge", [expect.stringContaining("? there is no such command. There are rebase")]],
    ["none", "/oakum", [expect.stringContaining("? There are rebase")]],
    ["a call for help", "/oakum help", [expect.stringContaining("? There are rebase")]],
    ["words behind it", "/oakum refuse please", ["? refuse takes nothing behind it"]],
    ...["", " 7", " d", " 0d", " 91d", " 13w", " 7d please", " 1e3d", " -1d", " 99999999999d", " 7m"].map(
      (time): [string, string, readonly string[]] => [
        `a bad time:${time}`,
        `/oakum snooze${time}`,
        [expect.stringContaining("? snooze takes a time")],
      ],
    ),
  ])("%s", (_, body, expected) => {
    expect(read(body)).toEqual(expected);
  });

  it("reads so many and no more", () => {
    expect(read("/oakum rebase\n".repeat(50))).toHaveLength(10);
  });

  it("finds no command but at the start of a line, whatever is around it, in time that grows with the text", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("/oakum refuse", "> ", "`", "```", "~~~", "<!--", "-->", "\n", " ", "x")),
        (parts) => {
          const body = parts.join("");
          const starts = body.split("\n").filter((line) => /^\/oakum\b/.test(line)).length;
          expect(readCommands(body).length).toBeLessThanOrEqual(starts);
        },
      ),
    );
    const began = performance.now();
    readCommands("`".repeat(65_536));
    readCommands("<!--".repeat(16_000));
    readCommands("```a\n".repeat(13_000));
    expect(performance.now() - began).toBeLessThan(1000);
  });
});
