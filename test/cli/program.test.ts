import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { checkout, oakum } from "./checkout.ts";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
const COMMANDS = [
  "list",
  "explain",
  "plan",
  "apply",
  "demo",
  "setup",
  "migrate",
  "serve",
  "worker",
  "health",
  "exposed",
  "ledger",
  "status",
  "pause",
  "resume",
];

it("says its version", async () => {
  expect(await oakum(await checkout({}), "--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

it("says what it can do, on stdout when asked and on stderr when not", async () => {
  const folder = await checkout({});
  const asked = await oakum(folder, "--help");
  expect(asked).toMatchObject({ code: 0, stderr: "" });
  const commands = asked.stdout.slice(asked.stdout.indexOf("Commands:"), asked.stdout.indexOf("On any checkout:"));
  expect(commands.match(/^ {2}[a-z]+/gm)?.map((line) => line.trim())).toEqual(COMMANDS);
  expect(await oakum(folder)).toEqual({ code: 2, stdout: "", stderr: asked.stdout });
});

it("makes no store of a folder that is none", async () => {
  const folder = await checkout({ ".oakum/notes": "mine" });
  expect(await oakum(folder, "ledger", "verify")).toEqual({
    code: 2,
    stdout: "",
    stderr: "oakum: there is no store at .oakum: OAKUM_DATA names its folder, or DATABASE_URL a PostgreSQL\n",
  });
  expect(await readdir(join(folder, ".oakum"))).toEqual(["notes"]);
});
