import type { Output } from "./output.ts";
import { FRAME, liveLine, type Task } from "./step-line.ts";

/** Finished lines, and below them, on a terminal, one that moves. */
export interface Progress {
  /** Prints finished text, above what is under way. */
  print(text: string): void;
  /** What is under way from now on. */
  show(tasks: readonly Task[]): void;
  /** Takes the moving line away for good. */
  end(): void;
}

const ERASE_BELOW = "\u001b[J";

/**
 * Tells progress. The moving line is kept free of anything that would have to be put right after a `kill -9`: the cursor
 * stays as it is, and stands behind the line.
 */
export function createProgress({ out, colours, width }: Output): Progress {
  if (width === undefined) return { print: out, show: () => {}, end: () => {} };
  let tasks: readonly Task[] = [];
  let drawn = 0;
  const erased = () => {
    // A terminal that was made narrower has broken the line in several.
    const above = Math.max(Math.ceil(drawn / width()) - 1, 0);
    return drawn === 0 ? "" : `\r${above === 0 ? "" : `\u001b[${above}A`}${ERASE_BELOW}`;
  };
  const draw = (before = "") => {
    const now = Date.now();
    // The last column stays free: some terminals break the line there.
    const columns = width() - 1;
    const text = erased() + before + liveLine(tasks, now, columns, colours);
    drawn = liveLine(tasks, now, columns, false).length;
    if (text !== "") out(text);
  };
  const timer = setInterval(draw, FRAME);
  timer.unref();
  const end = () => {
    clearInterval(timer);
    process.removeListener("exit", end);
    tasks = [];
    draw();
  };
  process.once("exit", end);
  return {
    print: draw,
    show: (now) => {
      tasks = now;
      draw();
    },
    end,
  };
}
