import type { UpdateGroup } from "../../plan/update.ts";
import { code } from "../../text/markdown.ts";
import type { TagSource } from "../../use/use.ts";

const MOST_LINES = 5;

const SOURCES: Readonly<Record<TagSource, string>> = {
  comment: "the comment beside it says so",
  observed: "Oakum saw that tag name it",
  registry: "a tag of the registry named it",
};

/** How the tag is known of what is written as a digest alone. */
export function tagLines({ updates }: Pick<UpdateGroup, "updates">): string {
  const lines = updates.flatMap(({ from, to, changes }) =>
    changes.flatMap(({ use: { tagBy, path, line } }) => {
      if (tagBy === undefined) return [];
      const moved = tagBy === "comment" && from.tag !== to.tag ? " The comment is changed with it." : "";
      const place = code(`${path}:${line}`, 300);
      return [
        `**Tag:** ${place} has only a digest; it follows ${code(from.tag ?? "", 128)}: ${SOURCES[tagBy]}.${moved}`,
      ];
    }),
  );
  const shown = lines.slice(0, MOST_LINES);
  return [...shown, ...(lines.length > shown.length ? [`and ${lines.length - shown.length} more`] : [])].join("\n\n");
}
