import { measureExtract } from "./extract.ts";
import { measureFleet } from "./fleet.ts";
import { measureHostile } from "./hostile.ts";
import { extractTable, fleetTable, hostileTable, tagsTable } from "./table.ts";
import { measureTags } from "./tags.ts";

const USAGE = "usage: npm run bench -- fleet [REPOSITORIES...] | extract [FILES...] | tags [TAGS...] | hostile\n";

/** Each prints how far it is to stderr, and at the end a table. */
const BENCHES = {
  fleet: { sizes: [50, 500, 2000], measure: async (sizes) => fleetTable(await each(sizes, fleet)) },
  extract: { sizes: [500, 2000, 8000], measure: async (sizes) => extractTable(await each(sizes, measureExtract)) },
  tags: {
    sizes: [1_000, 10_000, 100_000],
    measure: async (sizes) => tagsTable(await each(sizes, (size) => measureTags(size))),
  },
  hostile: { sizes: [], measure: async () => hostileTable(await measureHostile()) },
} as const satisfies Record<string, Bench>;

interface Bench {
  readonly sizes: readonly number[];
  measure(sizes: readonly number[]): Promise<string>;
}

async function main([what = "", ...sizes]: readonly string[]): Promise<void> {
  const bench: Bench | undefined = Object.hasOwn(BENCHES, what) ? BENCHES[what as keyof typeof BENCHES] : undefined;
  const wanted = sizes.map(Number);
  if (bench === undefined || wanted.some((size) => !Number.isSafeInteger(size) || size < 1)) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  process.stdout.write(await bench.measure(wanted.length === 0 ? bench.sizes : wanted));
}

async function each<T>(sizes: readonly number[], measure: (size: number) => Promise<T> | T): Promise<readonly T[]> {
  const figures: T[] = [];
  for (const size of sizes) figures.push(await measure(size));
  return figures;
}

function fleet(size: number) {
  return measureFleet(size, (line) => process.stderr.write(`${line}\n`));
}

await main(process.argv.slice(2));
