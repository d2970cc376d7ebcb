import { writeFileSync } from "node:fs";
import type { Metered } from "./listing.ts";

/** Loaded into a process that is measured: writes down what it used when it ends. */
process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const metered: Metered = { userCPUTime, systemCPUTime, maxRSS };
  writeFileSync(process.env.OAKUM_BENCH_USAGE ?? "", JSON.stringify(metered));
});
