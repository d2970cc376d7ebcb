import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished } from "vitest";

const OAKUM = fileURLToPath(new URL("../../bin/oakum", import.meta.url));

/** `oakum setup`, running. */
export class Setup {
  readonly #child: ChildProcess;
  stdout = "";
  stderr = "";

  constructor(folder: string, environment: Readonly<Record<string, string>>, ...args: readonly string[]) {
    const env = { ...process.env, ...environment };
    this.#child = spawn(OAKUM, ["setup", "--url", "https://oakum.example.com/", "--no-open", ...args], {
      cwd: folder,
      env,
    });
    this.#child.stdout?.on("data", (text) => {
      this.stdout += text;
    });
    this.#child.stderr?.on("data", (text) => {
      this.stderr += text;
    });
    onTestFinished(() => void this.#child.kill("SIGKILL"));
  }

  /** The address at which the person begins. */
  async start(): Promise<string> {
    for (;;) {
      const [address] = /http:\/\/127\.0\.0\.1:\d+\/start\/\S+/.exec(this.stdout) ?? [];
      if (address !== undefined) return address;
      if (this.#child.exitCode !== null) throw new Error(this.stderr);
      await once(this.#child.stdout ?? this.#child, "data");
    }
  }

  async ended(): Promise<number | null> {
    if (this.#child.exitCode === null) await once(this.#child, "close");
    return this.#child.exitCode;
  }

  interrupt(): void {
    this.#child.kill("SIGINT");
  }
}

/** The form of a page, as a browser without scripts sends it when its only button is pressed. */
export async function press(page: Response, base = page.url): Promise<Response> {
  const text = await page.text();
  const plain = (value = "") =>
    value.replaceAll(
      /&(quot|#39|lt|gt|amp);/g,
      (_, name: string) => ({ quot: '"', "#39": "'", lt: "<", gt: ">", amp: "&" })[name] ?? "",
    );
  const [, action] = /<form[^>]* action="([^"]*)"/.exec(text) ?? [];
  const fields = [...text.matchAll(/<(?:input|button)[^>]* name="([^"]*)" value="([^"]*)"/g)];
  const body = new URLSearchParams(fields.map(([, name, value]): [string, string] => [plain(name), plain(value)]));
  return fetch(new URL(plain(action), base), { method: "POST", body, redirect: "manual" });
}

/** Walks through GitHub's form; answers with where it sends the browser back to. */
export async function walk(setup: Setup): Promise<URL> {
  const asked = await press(await fetch(await setup.start()));
  expect(asked.status).toBe(200);
  const back = await press(asked);
  expect(back.status).toBe(302);
  return new URL(back.headers.get("location") ?? "");
}
