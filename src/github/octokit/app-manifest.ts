import { Octokit } from "@octokit/rest";
import { type Conversion, conversionSchema } from "../../config/app-manifest.ts";
import { AppError } from "../../core/errors.ts";
import { boundedFetch, type Fetch } from "./bounded-fetch.ts";
import { statusOf, toAppError } from "./errors.ts";

const LIMITS = { timeout: 30_000, maxBytes: 1024 * 1024 };

/**
 * The App that was registered from a manifest, for the code that GitHub gave the person's browser. A code counts once and for
 * an hour; it is all the proof that GitHub asks for. INPUT when GitHub does not know it. No error quotes the answer.
 */
export async function convertManifest(baseUrl: string, code: string, fetch: Fetch): Promise<Conversion> {
  const octokit = new Octokit({ baseUrl, userAgent: "oakum", request: { fetch: boundedFetch(fetch, LIMITS) } });
  const parsed = conversionSchema.safeParse(await convert(octokit, code));
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(({ path }) => path.join(".")).join(", ");
  throw new AppError("UNAVAILABLE", `GitHub registered the App, but its answer lacks what Oakum needs: ${wrong}`);
}

async function convert(octokit: Octokit, code: string): Promise<unknown> {
  try {
    return (await octokit.rest.apps.createFromManifest({ code })).data;
  } catch (error) {
    const known = toAppError(error, "the conversion of the App's manifest", Date.now());
    if (statusOf(known) !== 404) throw known;
    throw new AppError("INPUT", "GitHub does not know this code: it was used already, or is older than an hour");
  }
}
