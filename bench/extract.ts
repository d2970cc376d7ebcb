import { type Listing, listTree } from "./listing.ts";
import { generateTree } from "./tree.ts";

const RUNS = 5;

/** What it costs to list a generated tree. */
export interface ExtractFigures extends Omit<Listing, "complaints"> {
  readonly files: number;
  /** What the generator wrote; `uses` is what was found. */
  readonly written: number;
}

/** Measures `oakum list --json` on a generated tree. */
export async function measureExtract(files: number, runs = RUNS): Promise<ExtractFigures> {
  const tree = generateTree(files);
  const { complaints, ...figures } = await listTree(tree, runs);
  if (complaints.length > 0) throw new Error(`oakum list complained: ${complaints.join("\n").slice(0, 2000)}`);
  return { files, written: tree.reduce((sum, { uses }) => sum + uses, 0), ...figures };
}
