import { cpus, totalmem } from "node:os";
import type { ExtractFigures } from "./extract.ts";
import type { FleetFigures } from "./fleet.ts";
import type { HostileFigures } from "./hostile.ts";
import type { TagsFigures } from "./tags.ts";

/** The figures as a Markdown table, counts first, with the machine that they were taken on. */
export function fleetTable(fleets: readonly FleetFigures[]): string {
  const row = rowsOf(fleets);
  return [
    machine(),
    "",
    row("repositories, four uses each, of 60 images", ({ repositories }) => repositories),
    rule(fleets),
    row("cold index: requests to GitHub", ({ cold }) => cold.github),
    row("… for each repository", ({ cold, repositories }) => (cold.github / repositories).toFixed(1)),
    row("cold index: requests to the registry", ({ cold }) => cold.registry),
    row("unchanged sweep: requests to GitHub", ({ sweep }) => sweep.github),
    row("unchanged sweep: requests to the registry", ({ sweep }) => sweep.registry),
    row("unchanged and known by webhook: requests to GitHub", ({ known }) => known.github),
    row("… and to the registry", ({ known }) => known.registry),
    row("one moved base: pull requests", ({ moved }) => moved.users),
    row("… requests to GitHub, for each of them", ({ moved }) => (moved.github / moved.users).toFixed(1)),
    row("… requests to the registry", ({ moved }) => moved.registry),
    row("push of an image to the first pull request, s", ({ pushed }) => pushed.image.toFixed(2)),
    row("push of a file to its pull request, s", ({ pushed }) => pushed.file.toFixed(2)),
    row("cold index, s", ({ cold }) => Math.round(cold.seconds)),
    row("unchanged sweep, s", ({ sweep }) => Math.round(sweep.seconds)),
    row("peak memory, embedded store included, MiB", ({ memory }) => memory),
    row("… of the first start, which creates the store, MiB", ({ created }) => created),
    "",
  ].join("\n");
}

/** The same for trees. */
export function extractTable(trees: readonly ExtractFigures[]): string {
  const row = rowsOf(trees);
  return [
    machine(),
    "",
    row("files, half of them Dockerfiles", ({ files }) => files),
    rule(trees),
    row("uses in them", ({ written }) => written),
    row("… found", ({ uses }) => uses),
    row("files for each second of a processor", ({ files, seconds }) => Math.round(files / seconds)),
    row("seconds of a processor, the start included", ({ seconds }) => seconds.toFixed(2)),
    row("peak memory, MiB", ({ memory }) => memory),
    "",
  ].join("\n");
}

/** The same for images of many tags. */
export function tagsTable(images: readonly TagsFigures[]): string {
  const row = rowsOf(images);
  return [
    machine(),
    "",
    row("tags of one image", ({ tags }) => tags),
    rule(images),
    row("steps that they offer to a hundred uses", ({ steps }) => steps),
    row("to arrange them, ms of a processor", ({ arranged }) => arranged.toFixed(1)),
    row("… µs for each tag", ({ arranged, tags }) => ((arranged * 1000) / tags).toFixed(1)),
    row("then to choose, µs for each use", ({ asked, uses }) => Math.round((asked * 1000) / uses)),
    "",
  ].join("\n");
}

/** The same for files that are made to be costly, a line each. */
export function hostileTable(files: readonly HostileFigures[]): string {
  const rows = files.map(({ what, size, told, seconds, memory }) => {
    const said = told.replace(/^\S+: /, "").replaceAll("|", "\\|");
    return `| ${what} | ${Math.round(size / 1024)} | ${seconds.toFixed(2)} | ${memory} | ${said || "read"} |`;
  });
  return [
    machine(),
    "",
    "| a file of | KiB | seconds of a processor, the start included | peak memory, MiB | what is said of it |",
    "|---|---:|---:|---:|---|",
    ...rows,
    "",
  ].join("\n");
}

function rowsOf<T>(columns: readonly T[]) {
  return (name: string, of: (column: T) => string | number) => `| ${name} | ${columns.map(of).join(" | ")} |`;
}

function rule(columns: readonly unknown[]): string {
  return `|---|${columns.map(() => "---:|").join("")}`;
}

function machine(): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const model = processors[0]?.model ?? "unknown";
  return `Node ${process.versions.node}, ${process.platform}/${process.arch}, ${processors.length} × ${model}, ${memory} GiB of memory.`;
}
