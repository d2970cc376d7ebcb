import { type Listing, listTree } from "./listing.ts";

/** The most that a file of a checkout may have to be read. */
const READ = 1024 * 1024;
/** The same of a file that is no Dockerfile, once it is looked at. */
const PARSED = 256 * 1024;
const RUNS = 3;

/** A file that somebody made to be costly, and what is to be said of it. */
export interface HostileFile {
  readonly what: string;
  readonly path: string;
  readonly text: string;
  /** What a person is told could not be read; absent where all of it is read. */
  readonly told?: RegExp;
  /** The images that are found all the same. */
  readonly uses: number;
}

/** A text as long as it may be, of one pattern. */
function filled(most: number, head: string, unit: string, tail = ""): string {
  return head + unit.repeat(Math.floor((most - head.length - tail.length) / unit.length)) + tail;
}

function lines(count: number, line: (number: number) => string): string {
  return Array.from({ length: count }, (_, number) => `${line(number)}\n`).join("");
}

const FROM = "FROM alpine:3.22\n";
/** What makes every reader of YAML look at a file. */
const YAML = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nimage: {}\ndocker_container: {}\nvalueFiles: []\n";
const OPEN = "$" + "{";

/** A file of each pattern that has been costly for somebody's reader. */
export const HOSTILE: readonly HostileFile[] = [
  { what: "5 MB of YAML", path: "pod.yaml", text: `${YAML}${"- a\n".repeat(1_250_000)}`, told: /larger/, uses: 0 },
  { what: "5 MB of a Dockerfile", path: "Dockerfile", text: FROM.repeat(300_000), told: /larger/, uses: 0 },
  { what: "100,000 ARGs", path: "Dockerfile", text: `${"ARG A=b\n".repeat(100_000)}${FROM}`, uses: 1 },
  {
    what: "ARGs that double, 60,000 times",
    path: "Dockerfile",
    text: `ARG A=xxxxxxxx\n${"ARG A=$A$A\n".repeat(60_000)}${FROM}`,
    uses: 1,
  },
  {
    what: "defaults within defaults",
    path: "Dockerfile",
    text: filled(READ, "ARG A=", `${OPEN}A:-`, `\n${FROM}`),
    uses: 1,
  },
  {
    what: "expensive patterns",
    path: "Dockerfile",
    text: filled(READ, `ARG V=${"a".repeat(1000)} P=*${"a".repeat(500)}b\n`, `ARG X=${OPEN}V//$P/$V}\n`, FROM),
    uses: 1,
  },
  {
    what: "YAML in brackets",
    path: "pod.yaml",
    text: filled(PARSED, `${YAML}a: `, "["),
    told: /nested|words/,
    uses: 0,
  },
  {
    what: "YAML of nothing but words",
    path: "pod.yaml",
    text: filled(PARSED, `${YAML}a:\n`, "- b\n"),
    told: /words of YAML/,
    uses: 0,
  },
  {
    what: "aliases of aliases",
    path: "compose.yaml",
    text: `services:\n  s0: &a0 { image: "a:1" }\n${lines(60, (n) => `  s${n + 1}: &a${n + 1} { <<: [${`*a${n},`.repeat(9)}] }`)}`,
    uses: 1,
  },
  {
    what: "a template of actions",
    path: "chart/templates/pod.yaml",
    text: filled(PARSED, `apiVersion: v1\nkind: Pod\nimage: {}\na: `, "{{ b }}"),
    uses: 0,
  },
  {
    what: "comments in JSON",
    path: "devcontainer.json",
    text: filled(PARSED, '{"image": "a:1"', "/**/", "}"),
    uses: 1,
  },
  {
    what: "variables of HCL that double",
    path: "docker-bake.hcl",
    text: `${lines(60, (n) => `v${n} = "${OPEN}v${n + 1}}${OPEN}v${n + 1}}"`)}v60 = "a"\ntarget "t" {\n  contexts = { a = "docker-image://${OPEN}v0}" }\n}\n`,
    uses: 1,
  },
  {
    what: "HCL in brackets",
    path: "main.tf",
    text: filled(PARSED, 'resource "docker_container" "a" {\nimage = ', "["),
    told: /nested/,
    uses: 0,
  },
  { what: "TOML in brackets", path: "project.toml", text: filled(PARSED, "builder = ", "["), told: /nested/, uses: 0 },
  {
    what: "XML in elements",
    path: "a.csproj",
    text: filled(PARSED, "<a><ContainerBaseImage>", "<a>"),
    told: /nested/,
    uses: 0,
  },
  { what: "blocks of a script", path: "Jenkinsfile", text: filled(PARSED, "docker ", "{"), told: /nested/, uses: 0 },
  { what: "calls of Starlark", path: "MODULE.bazel", text: filled(PARSED, "oci.pull", "("), told: /nested/, uses: 0 },
];

/** What it costs to list a folder with one such file in it. */
export interface HostileFigures extends Pick<Listing, "seconds" | "memory"> {
  readonly what: string;
  /** Bytes. */
  readonly size: number;
  readonly told: string;
}

/** Measures `oakum list --json` for each of the files. Throws where another thing is found or told than should be. */
export async function measureHostile(files = HOSTILE, runs = RUNS): Promise<readonly HostileFigures[]> {
  const figures: HostileFigures[] = [];
  for (const { what, path, text, told, uses } of files) {
    const { complaints, uses: found, seconds, memory } = await listTree([{ path, text }], runs);
    const said = complaints[0] ?? "";
    if (found !== uses || (told === undefined ? said !== "" : !told.test(said)))
      throw new Error(`${what}: ${found} uses were found, and it was said: ${said}`);
    figures.push({ what, size: Buffer.byteLength(text), told: said, seconds, memory });
  }
  return figures;
}
