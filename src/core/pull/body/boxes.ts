import type { Command } from "../../command.ts";
import { sha256 } from "../../hash.ts";

/** The boxes that a reviewer may tick, and the command that each gives. */
const BOXES: readonly { readonly text: string; readonly command: Command }[] = [
  {
    text: "**Rebase** `/oakum rebase`: make the edits anew on the base branch as it is now, over whatever is on this branch",
    command: { kind: "rebase" },
  },
  {
    text: "**Snooze** `/oakum snooze 7d`: close this now, and open it anew in 7 days",
    command: { kind: "snooze", duration: 7 * 24 * 3_600_000 },
  },
  {
    text: "**Pause** `/oakum pause`: leave this alone, so that it is not refreshed, merged or closed",
    command: { kind: "pause" },
  },
  { text: "**Resume** `/oakum resume`: end a pause", command: { kind: "resume" } },
  {
    text: "**Refuse** `/oakum refuse`: close this, and never propose exactly this again",
    command: { kind: "refuse" },
  },
];

/** What a reviewer can do here beside reviewing. */
export function commandsPart(): string {
  return [
    "**With write access**, tick one of these, or comment what stands behind it:",
    "",
    ...BOXES.map(({ text }) => `- [ ] ${text}`),
  ].join("\n");
}

/** A description with ticked boxes of ours: the commands that they give, and the text without the ticks. */
export interface Ticked {
  readonly commands: readonly Command[];
  readonly cleared: string;
}

/** Reads the ticks in a description. Nothing else in it is looked at: whether it is ours to read, `describe` tells. */
export function readTicks(body: string): Ticked {
  const commands: Command[] = [];
  const lines = body.split("\n").map((line) => {
    const [, text, end] = /^- \[[xX]\] (.*?)(\r?)$/.exec(line) ?? [];
    const box = BOXES.find((one) => one.text === text);
    if (box === undefined) return line;
    commands.push(box.command);
    return `- [ ] ${box.text}${end}`;
  });
  return { commands, cleared: lines.join("\n") };
}

/** The hash by which a description is known again, whichever line ends a browser gave it. */
export function fingerprint(body: string): string {
  return sha256(body.replaceAll("\r\n", "\n").trim());
}
