import { cpus, totalmem } from "node:os";
import type { FleetFigures } from "./fleet.ts";

/** The figures as a Markdown table, counts first, with the machine that they were taken on. */
export function fleetTable(fleets: readonly FleetFigures[]): string {
  const row = (name: string, of: (fleet: FleetFigures) => string | number) =>
    `| ${name} | ${fleets.map(of).join(" | ")} |`;
  return [
    machine(),
    "",
    row("repositories, four uses each, of 60 images", ({ repositories }) => repositories),
    `|---|${fleets.map(() => "---:|").join("")}`,
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

function machine(): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const model = processors[0]?.model ?? "unknown";
  return `Node ${process.versions.node}, ${process.platform}/${process.arch}, ${processors.length} × ${model}, ${memory} GiB of memory.`;
}
