import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

const schema = z.object({
  public: z.literal(false),
  hook_attributes: z.object({ url: z.url(), active: z.literal(true) }),
  default_permissions: z.record(z.string(), z.enum(["read", "write"])),
  default_events: z.array(z.string()),
});

/** What Oakum's App asks for, by the project's app.yml. */
export const MANIFEST = readManifest(new URL("../app.yml", import.meta.url));

function readManifest(file: URL) {
  const manifest = schema.parse(parse(readFileSync(file, "utf8")));
  return {
    permissions: manifest.default_permissions,
    events: manifest.default_events,
    webhookPath: new URL(manifest.hook_attributes.url).pathname,
  };
}
