import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bazel } from "../../src/manager/bazel/bazel.ts";
import { buildpacks } from "../../src/manager/buildpacks/buildpacks.ts";
import { dotnet } from "../../src/manager/dotnet/dotnet.ts";
import { gradle } from "../../src/manager/gradle/gradle.ts";
import { jenkins } from "../../src/manager/jenkins/jenkins.ts";
import type { Manager } from "../../src/manager/manager.ts";
import { maven } from "../../src/manager/maven/maven.ts";

const SEED = 20_262;
const LIMIT = 256 * 1024;

/** A file as large as may be, of one pattern that would be costly for a careless reader. */
function filled(head: string, unit: string, tail = ""): string {
  return head + unit.repeat(Math.floor((LIMIT - head.length - tail.length) / unit.length)) + tail;
}

function outcome(manager: Manager, path: string, text: string): string {
  const { uses, problems } = manager.extract(new Map([[path, text]]));
  return problems[0]?.reason.detail ?? `${uses.length} uses`;
}

const IMAGE = "<PropertyGroup><ContainerBaseImage>alpine:3</ContainerBaseImage></PropertyGroup>";
const OPEN = "$" + "{";
const SHORT = `${OPEN}b}`;
const JIB = "<plugin><artifactId>jib-maven-plugin</artifactId><configuration><from><image>$";

/** Each is read in one go: a few milliseconds, whatever the pattern. */
test.each<readonly [what: string, manager: Manager, path: string, text: string, outcome: string]>([
  ["XML nested too deeply", dotnet, "a.csproj", filled(`<a>${IMAGE}`, "<a>"), "nested too deeply"],
  ["many elements", dotnet, "a.csproj", filled(`<a>${IMAGE}`, "<b>c</b>", "</a>"), "1 uses"],
  ["many images", dotnet, "a.csproj", filled("<a>", IMAGE, "</a>"), `${Math.floor((LIMIT - 7) / IMAGE.length)} uses`],
  ["many attributes", dotnet, "a.csproj", filled("<a", ' b="c"', `>${IMAGE}</a>`), "1 uses"],
  ["blanks in a tag", dotnet, "a.csproj", filled("<a", " ", `b>${IMAGE}</a>`), "<a> is not written as a tag"],
  ["one name", dotnet, "a.csproj", filled("<", "a", `>${IMAGE}`), "is not closed"],
  [
    "comments in an image",
    dotnet,
    "a.csproj",
    filled("<a><PropertyGroup><ContainerBaseImage>", "<!---->"),
    "is not closed",
  ],
  ["an open comment", dotnet, "a.csproj", filled(`<a>${IMAGE}<!--`, "<!"), "<!-- is not closed"],
  ["open brackets", dotnet, "a.csproj", filled(`<a>${IMAGE}`, "<"), "this is no tag"],
  [
    "properties that grow",
    maven,
    "pom.xml",
    `<p><properties><a>${"x".repeat(200_000)}</a><b>x</b></properties>${JIB}{a}${SHORT.repeat(200)}</image></from></configuration></plugin></p>`,
    "1 uses",
  ],
  ["lists in lists", buildpacks, "project.toml", filled("builder = ", "["), "nested too deeply"],
  ["tables in tables", buildpacks, "project.toml", filled("builder = ", "{a="), "nested too deeply"],
  ["a dotted key", buildpacks, "project.toml", filled("builder", ".a", " = 1"), "nested too deeply"],
  ["many comments", buildpacks, "project.toml", filled('io.buildpacks.builder = "a:1"\n', "#\n"), "1 uses"],
  ["many quotes", buildpacks, "project.toml", filled("builder = ", '"'), "a line goes on after its value"],
  ["an open text", buildpacks, "project.toml", filled('builder = """', '\\"'), "a text is not closed"],
  ["many keys", buildpacks, "project.toml", filled('io.buildpacks.builder = "a:1"\n[a]\n', "[[a.b]]\n"), "1 uses"],
  ["blocks in blocks", jenkins, "Jenkinsfile", filled("docker ", "{"), "nested too deeply"],
  ["templates in templates", jenkins, "Jenkinsfile", filled("docker ", `"${OPEN}`), "nested too deeply"],
  ["comments that nest", gradle, "a.gradle.kts", filled("jib ", "/*", "*/"), "a comment is not closed"],
  ["an open text of a line", jenkins, "Jenkinsfile", filled("docker '", "a"), "a text is not closed"],
  ["slashes", jenkins, "Jenkinsfile", filled("docker ", "a/ "), "0 uses"],
  ["texts in slashes", jenkins, "Jenkinsfile", filled("docker ", "=/a/"), "0 uses"],
  ["many agents", jenkins, "Jenkinsfile", filled("", "agent{docker'a:1'}\n"), `${Math.floor(LIMIT / 19)} uses`],
  ["many blocks of one statement", gradle, "build.gradle", filled("jib", "{}"), "0 uses"],
  ["many words of one statement", gradle, "build.gradle", filled("jib ", "a.b "), "0 uses"],
  ["blocks that end too often", gradle, "build.gradle", filled("jib ", "}"), "} closes nothing"],
  ["many arguments", bazel, "WORKSPACE", filled('oci_pull(image = "a:1",', "b = c,", ")"), "1 uses"],
  ["many calls", bazel, "WORKSPACE", filled("", 'oci_pull(image="a:1")\n'), `${Math.floor(LIMIT / 22)} uses`],
  ["quotes", bazel, "WORKSPACE", filled("oci_pull ", '"" '), "0 uses"],
])("%s", (_, manager, path, text, expected) => {
  expect(text.length).toBeLessThanOrEqual(LIMIT);
  expect(outcome(manager, path, text)).toContain(expected);
});

test("a file larger than that is not read", () => {
  expect(outcome(dotnet, "a.csproj", `<a>${IMAGE}</a>`.padEnd(LIMIT + 1))).toBe(`${LIMIT + 1} characters`);
});

describe("anything at all is read without an exception", () => {
  test.each<readonly [manager: Manager, path: string, head: string, pieces: readonly string[]]>([
    [
      dotnet,
      "a.csproj",
      "<a><ContainerBaseImage>",
      ["<", ">", "/", "</a>", "<!--", "-->", "<?", "?>", "a", "=", '"', "'", " "],
    ],
    [
      jenkins,
      "Jenkinsfile",
      "docker agent {docker",
      ["'", '"', "'''", '"""', "/", "$/", "/$", "{", "}", "(", ")", "$", "\\", "//", "/*", "*/", "image ", " ", "\n"],
    ],
    [
      gradle,
      "a.gradle.kts",
      "jib.from.image =",
      ["'", '"', '"""', "{", "}", "(", ")", "$", "\\", "//", "/*", "*/", "`", "\n"],
    ],
    [bazel, "WORKSPACE", "oci_pull", ["'", '"', '"""', "(", ")", "[", "]", "#", "\\", "image = ", ",", "\n", "a:1"]],
    [buildpacks, "project.toml", "builder", ['"', "'", "=", "[", "]", "{", "}", ",", "#", "\n", "\\", ".", "a", " "]],
  ])("$kind", (manager, path, head, pieces) => {
    const text = fc.array(
      fc.oneof(fc.constantFrom(...pieces), fc.constantFrom("\u2028", "\uFEFF", "\uD83D", "\0", "é", "\r\n", "\t")),
    );
    const read = (tail: readonly string[]): void => {
      const { problems } = manager.extract(new Map([[path, head + tail.join("")]]));
      for (const { line, column } of problems) expect(line * column).toBeGreaterThan(0);
    };
    fc.assert(fc.property(text, read), { numRuns: 500, seed: SEED });
  });
});
