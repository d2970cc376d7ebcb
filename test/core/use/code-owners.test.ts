import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeOwners } from "../../../src/core/use/code-owners.ts";

function ownerOf(text: string, path: string): string | undefined {
  return codeOwners(text, [path]).get(path)?.join(" ");
}

/** The examples of GitHub's documentation, and what its sentences say of them. */
const EXAMPLE = `# This is a comment.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
`;

describe("who owns a file", () => {
  it.each<[path: string, owner: string | undefined]>([
    ["Dockerfile", "@global-owner1 @global-owner2"],
    ["web/app.js", "@js-owner"],
    ["main.go", "docs@example.com"],
    ["a/b/c.txt", "@octo-org/octocats"],
    ["build/logs/Dockerfile", "@octocat"],
    ["build/logs", "@octocat"],
    ["docs/Dockerfile", "@doctocat"],
    ["docs/build/Dockerfile", "@doctocat"],
    ["x/apps/y/Dockerfile", "@octocat"],
    ["scripts/Dockerfile", "@doctocat @octocat"],
    ["deeply/nested/logs/Dockerfile", "@octocat"],
    ["apps/Dockerfile", "@octocat"],
    ["apps/github", undefined],
    ["apps/github/Dockerfile", undefined],
  ])("%s is %s's, by GitHub's example", (path, owner) => {
    expect(ownerOf(EXAMPLE, path)).toBe(owner);
  });

  it.each<[pattern: string, path: string, isOwned: boolean]>([
    ["docs/*", "docs/Dockerfile", true],
    ["docs/*", "docs/a/Dockerfile", false],
    ["docs/*", "x/docs/Dockerfile", false],
    ["docs/**", "docs/a/b/Dockerfile", true],
    ["/*", "Dockerfile", true],
    ["/*", "a/Dockerfile", false],
    ["*", "a/b/Dockerfile", true],
    ["apps/", "apps", false],
    ["/apps/", "x/apps/Dockerfile", false],
    ["services/*/Dockerfile", "services/api/Dockerfile", true],
    ["services/*/Dockerfile", "services/api/v2/Dockerfile", false],
    ["services/**/Dockerfile", "services/Dockerfile", true],
    ["services/**/Dockerfile", "services/api/v2/Dockerfile", true],
    ["services/*", "services/api/Dockerfile", false],
    ["services/a*", "services/api/Dockerfile", true],
    ["Dockerfile.?", "a/Dockerfile.x", true],
    ["dockerfile", "Dockerfile", false],
    ["my\\ app/", "my app/Dockerfile", true],
    ["/", "Dockerfile", false],
  ])("%s names %s: %s", (pattern, path, isOwned) => {
    expect(ownerOf(`${pattern} @acme/web`, path)).toBe(isOwned ? "@acme/web" : undefined);
  });

  it.each<[title: string, line: string]>([
    ["a negation", "!Dockerfile @evil"],
    ["a range", "[D]ockerfile @evil"],
    ["an escaped comment", "\\#Dockerfile @evil"],
    ["an owner that is none", "Dockerfile evil"],
    ["one owner that is none among others", "Dockerfile @evil <script>"],
    ["a long pattern", `${"*".repeat(600)} @evil`],
  ])("a line with %s is skipped, as GitHub does", (_, line) => {
    expect(ownerOf(`* @acme/web\n${line}\n`, "Dockerfile")).toBe("@acme/web");
  });

  it("is read with a carriage return, and from the last line that matches", () => {
    expect(ownerOf("* @first\r\nDockerfile @second @third\r\n", "Dockerfile")).toBe("@second @third");
    expect(ownerOf("* @first\nDockerfile\n", "Dockerfile")).toBeUndefined();
  });

  it("is found in bounded time, whatever the file is like", () => {
    const paths = Array.from({ length: 2000 }, (_, number) => `${"a/".repeat(100)}${number}/Dockerfile`);
    const hostile = `${"*a".repeat(200)}b @x\n${"**/".repeat(80)}z @x\n`.repeat(2000);
    const start = performance.now();
    codeOwners(hostile, paths);
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it("never throws, and names only what a line does", () => {
    const word = fc.string({ unit: fc.constantFrom(..."a*?/\\ #!@[].\t\n"), maxLength: 30 });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), fc.array(word, { maxLength: 4 }), (lines, paths) => {
        const text = lines.map((line) => `${line} @acme/web`).join("\n");
        for (const owners of codeOwners(text, paths).values()) expect(text).toContain(owners[0]);
      }),
    );
  });
});
