import { describe, expect, it } from "vitest";
import { type Output, printTable } from "../../src/cli/output.ts";

function tableOf(rows: readonly (readonly string[])[], colours = false): string {
  let printed = "";
  const out = (text: string) => {
    printed += text;
  };
  const output: Output = { json: false, colours, out, err: () => {} };
  printTable(output, ["A", "LONG HEAD", "C"], rows);
  return printed;
}

describe("printTable", () => {
  it("gives every column its width, and leaves no blanks at the end of a line", () => {
    expect(
      tableOf([
        ["one", "x", "y"],
        ["a", "a longer cell", ""],
      ]),
    ).toBe("A    LONG HEAD      C\none  x              y\na    a longer cell\n");
  });

  it("shows a long value whole, and keeps the other rows as narrow as they are", () => {
    const long = `registry.test/${"a".repeat(240)}:1`;
    expect(
      tableOf([
        ["one", "x", "y"],
        ["two", long, "z"],
      ]),
    ).toBe(`A    LONG HEAD  C\none  x          y\ntwo  ${long}  z\n`);
  });

  it("is in columns with colours too", () => {
    expect(tableOf([["one", "x", "y"]], true)).toContain("\u001b[1mA\u001b[22m    \u001b[1mLONG HEAD\u001b[22m  ");
  });

  it("prints nothing without rows", () => {
    expect(tableOf([])).toBe("");
  });

  it("shows text from outside as plain text on one line", () => {
    expect(tableOf([["\u001b[31mred\n", "\u202eright", "tab\there"]])).toBe(
      "A        LONG HEAD  C\n[31mred  right      tab here\n",
    );
  });
});
