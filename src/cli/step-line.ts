import { createColors } from "picocolors";
import { plainText } from "../core/text/plain-text.ts";

/** A step that is done, or a fact beside the steps. */
export interface Step {
  readonly who: string;
  readonly what: string;
  readonly tone?: "good" | "bad";
  /** How long it took, in milliseconds; absent for what is no step. */
  readonly took?: number;
}

/** A step that is under way. */
export interface Task {
  readonly who: string;
  readonly doing: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

const LONGEST = 300;
/** As wide as the longest name of the story, and a blank. */
const WHO = 11;
const FRAMES = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
/** Milliseconds that each frame is shown. */
export const FRAME = 80;

/** One line that tells a finished step: how long it took, who, what. */
export function stepLine({ who, what, tone, took }: Step, colours: boolean): string {
  const { dim, bold, green, red } = createColors(colours);
  const colour = { good: green, bad: red, plain: String }[tone ?? "plain"];
  const name = bold(plainText(who, LONGEST).padEnd(WHO));
  const clock = took === undefined ? " ".repeat(7) : dim(`${seconds(took).padStart(5)} s`);
  return `${clock}  ${name} ${colour(plainText(what, LONGEST))}`;
}

/** What is under way at `now`, in the columns of the finished lines and at most `width` wide; "" when nothing is. */
export function liveLine(tasks: readonly Task[], now: number, width: number, colours: boolean): string {
  const [first, ...others] = tasks;
  if (first === undefined) return "";
  const longest = now - Math.min(...tasks.map(({ since }) => since));
  const clock = `${seconds(longest).padStart(4)} s  `;
  const rest = others.map(({ who, doing }) => ` · ${plainText(who, LONGEST)}: ${plainText(doing, LONGEST)}`);
  const told = `${plainText(first.who, LONGEST).padEnd(WHO)} ${plainText(first.doing, LONGEST)}${rest.join("")}`;
  // Colours are put on last: they take no columns.
  const { cyan, dim } = createColors(colours);
  const frame = FRAMES[Math.floor(now / FRAME) % FRAMES.length] ?? "";
  const room = width - frame.length - clock.length;
  if (room < 1) return width < 1 ? "" : cyan(frame);
  return cyan(frame) + dim(clock) + cut(told, room);
}

function cut(text: string, room: number): string {
  if (text.length <= room) return text;
  return `${text.slice(0, room - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

function seconds(milliseconds: number): string {
  return (Math.max(milliseconds, 0) / 1000).toFixed(1);
}
