import { createColors } from "picocolors";
import { plainJson, plainText } from "../core/text/plain-text.ts";
import type { Screen } from "./screen.ts";

/** Where a command writes. Text from outside goes through one of the functions below, never straight through. */
export interface Output extends Screen {
  readonly json: boolean;
  out(text: string): void;
  err(text: string): void;
}

const LONGEST = 1000;
/** A cell that is wider stands out of its column, and moves the rest of its own row only. */
const WIDEST_COLUMN = 72;

/** One JSON line on stdout, with every character escaped that a terminal would obey. */
export function printJson(output: Output, value: unknown): void {
  output.out(`${plainJson(value)}\n`);
}

/** One line for a person on stderr. */
export function printNote(output: Output, text: string): void {
  output.err(`${plainText(text, LONGEST)}\n`);
}

/** One line for a person on stdout. */
export function printLine(output: Output, text: string): void {
  output.out(`${plainText(text, LONGEST)}\n`);
}

/** A table for a person on stdout: a head, and rows whose cells are plain text. */
export function printTable(output: Output, head: readonly string[], rows: readonly (readonly string[])[]): void {
  if (rows.length === 0) return;
  const { bold } = createColors(output.colours);
  const cells = rows.map((row) => row.map((cell) => plainText(cell, LONGEST)));
  const widths = head.map((title, column) =>
    cells
      .map((row) => row[column]?.length ?? 0)
      .filter((width) => width <= WIDEST_COLUMN)
      .reduce((most, width) => Math.max(most, width), title.length),
  );
  const line = (row: readonly string[], style = (text: string) => text) =>
    row.map((cell, at) => style(cell) + " ".repeat(Math.max((widths[at] ?? 0) - cell.length, 0))).join("  ");
  const lines = [line(head, bold), ...cells.map((row) => line(row))].map((text) => text.trimEnd());
  output.out(`${lines.join("\n")}\n`);
}

/** `1 update`, `2 updates`; `several` for nouns that take more than an `s`. */
export function count(many: number, one: string, several = `${one}s`): string {
  return `${many} ${many === 1 ? one : several}`;
}

/** A digest as far as people compare it. */
export function shortenDigests(text: string): string {
  return text.replace(/(sha256:[0-9a-f]{12})[0-9a-f]{52}/g, "$1…");
}
