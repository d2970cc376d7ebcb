import Table from "cli-table3";
import { createColors } from "picocolors";
import { plainText } from "../core/plain-text.ts";

/** Where a command writes. Text from outside goes through `line` or `json`, never straight through. */
export interface Output {
  readonly json: boolean;
  readonly colours: boolean;
  out(text: string): void;
  err(text: string): void;
}

const LONGEST_CELL = 200;
const LONGEST_LINE = 1000;
/** Controls, and marks that turn text around: JSON allows them as they are, a terminal obeys them. */
const UNSAFE = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** One JSON line on stdout, with every character escaped that a terminal would obey. */
export function printJson(output: Output, value: unknown): void {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  output.out(`${JSON.stringify(value).replace(UNSAFE, escaped)}\n`);
}

/** One line for a person on stderr. */
export function printNote(output: Output, text: string): void {
  output.err(`${plainText(text, LONGEST_LINE)}\n`);
}

/** One line for a person on stdout. */
export function printLine(output: Output, text: string): void {
  output.out(`${plainText(text, LONGEST_LINE)}\n`);
}

/** A table for a person on stdout: a head, and rows whose cells are plain text. */
export function printTable(output: Output, head: readonly string[], rows: readonly (readonly string[])[]): void {
  if (rows.length === 0) return;
  const { bold } = createColors(output.colours);
  const table = new Table({
    chars: BORDERLESS,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
  });
  table.push(head.map((text) => bold(text)));
  for (const row of rows) table.push(row.map((cell) => plainText(cell, LONGEST_CELL)));
  output.out(`${table.toString().replace(/ +$/gm, "")}\n`);
}

/** A digest as far as people compare it. */
export function shortenDigests(text: string): string {
  return text.replace(/(sha256:[0-9a-f]{12})[0-9a-f]{52}/g, "$1…");
}

const BORDERLESS = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
};
