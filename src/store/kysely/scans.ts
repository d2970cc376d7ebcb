import { formatPlatform } from "../../core/reference.ts";
import type { Scans } from "../scans.ts";
import type { Connection } from "./schema.ts";

/** Milliseconds within which two processes may end with a scan of the same image. */
const MEANWHILE = 3_600_000;

export function scansTable(db: Connection): Scans {
  return {
    find: async (image, platform, scanner, { from, to }) => {
      const row = await db
        .selectFrom("scans")
        .select("report")
        .where("registry", "=", image.registry)
        .where("image", "=", image.repository)
        .where("digest", "=", image.digest)
        .where("platform", "=", formatPlatform(platform))
        .where("scanner", "=", scanner)
        .where("at", ">=", from)
        .where("at", "<=", to)
        .executeTakeFirst();
      return row?.report;
    },
    save: async (report, at) => {
      const { registry, repository, digest } = report.image;
      const platform = formatPlatform(report.platform);
      const scanned = { at, report: JSON.stringify(report) };
      await db
        .insertInto("scans")
        .values({ registry, image: repository, digest, platform, scanner: report.scanner.name, ...scanned })
        .onConflict((conflict) =>
          conflict
            .columns(["registry", "image", "digest", "platform", "scanner"])
            .doUpdateSet(scanned)
            // A later one was made by another process meanwhile; or by a clock that has been set back.
            .where((eb) => eb.or([eb("scans.at", "<=", at), eb("scans.at", ">", at + MEANWHILE)])),
        )
        .execute();
    },
  };
}
