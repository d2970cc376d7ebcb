import { createHmac } from "node:crypto";
import type { GitStore } from "./store.ts";

export interface Person {
  readonly name: string;
  readonly email: string;
  /** ISO 8601. */
  readonly date: string;
}

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly committer: Person;
  readonly message: string;
  /** Signed by this GitHub, and what was signed. */
  readonly signature: { readonly text: string; readonly payload: string } | undefined;
}

/** The id that stands for no object, as a reference's place before it was made and after it is gone. */
export const noObject = "0".repeat(40);

/** Who commits what GitHub makes itself: merges, and a bot's commits without an author. */
export const webFlow = { name: "GitHub", email: "noreply@github.com" };

// Not a secret: it only has to be something that a commit made elsewhere does not carry.
const signingKey = "the sandbox's own web-flow key";
const sign = (payload: string) => {
  const mark = createHmac("sha256", signingKey).update(payload).digest("base64");
  return `-----BEGIN PGP SIGNATURE-----\n\n${mark}\n-----END PGP SIGNATURE-----`;
};

/** Writes a commit; `signed` as GitHub signs what it commits itself. Answers with its id. */
export function writeCommit(
  store: GitStore,
  repository: number,
  commit: Pick<Commit, "tree" | "parents" | "author" | "committer" | "message">,
  signed: boolean,
): string {
  const head = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${formatPerson(commit.author)}`,
    `committer ${formatPerson(commit.committer)}`,
  ].join("\n");
  const payload = `${head}\n\n${commit.message}`;
  if (!signed) return store.write(repository, "commit", Buffer.from(payload));
  const signature = `gpgsig ${sign(payload).replaceAll("\n", "\n ")}`;
  return store.write(repository, "commit", Buffer.from(`${head}\n${signature}\n\n${commit.message}`));
}

/** The commit of this id; `undefined` when there is no such commit. */
export async function readCommit(store: GitStore, repository: number, sha: string): Promise<Commit | undefined> {
  const object = await store.read(repository, sha);
  if (object?.type !== "commit") return undefined;
  const text = object.content.toString();
  const end = text.indexOf("\n\n");
  const fields = text
    .slice(0, end)
    .replaceAll("\n ", "\u0000")
    .split("\n")
    .map((line) => {
      const space = line.indexOf(" ");
      return [line.slice(0, space), line.slice(space + 1).replaceAll("\u0000", "\n")] as const;
    });
  const one = (name: string) => fields.find(([key]) => key === name)?.[1];
  const message = text.slice(end + 2);
  const payload = `${fields
    .filter(([key]) => key !== "gpgsig")
    .map((field) => field.join(" "))
    .join("\n")}\n\n${message}`;
  const signature = one("gpgsig");
  return {
    sha,
    tree: one("tree") ?? "",
    parents: fields.filter(([key]) => key === "parent").map(([, parent]) => parent),
    author: parsePerson(one("author") ?? ""),
    committer: parsePerson(one("committer") ?? ""),
    message,
    signature: signature === sign(payload) ? { text: signature, payload } : undefined,
  };
}

function formatPerson(person: Person): string {
  return `${person.name} <${person.email}> ${Math.floor(Date.parse(person.date) / 1000)} +0000`;
}

function parsePerson(text: string): Person {
  const [, name = "", email = "", seconds = "0"] = /^(.*) <(.*)> (\d+) /.exec(text) ?? [];
  return { name, email, date: `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}Z` };
}
