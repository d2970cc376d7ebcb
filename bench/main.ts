import { measureFleet } from "./fleet.ts";
import { fleetTable } from "./table.ts";

const USAGE = "usage: npm run bench -- fleet [REPOSITORIES...]\n";
const SIZES = [50, 500, 2000];

/** Measures, and prints a table; how far it is goes to stderr. */
async function main([what, ...sizes]: readonly string[]): Promise<void> {
  const wanted = sizes.length === 0 ? SIZES : sizes.map(Number);
  if (what !== "fleet" || wanted.some((size) => !Number.isSafeInteger(size) || size < 1)) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  const fleets = [];
  for (const size of wanted) fleets.push(await measureFleet(size, (line) => process.stderr.write(`${line}\n`)));
  process.stdout.write(fleetTable(fleets));
}

await main(process.argv.slice(2));
