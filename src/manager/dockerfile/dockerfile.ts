import type { Manager } from "../manager.ts";
import { editFound } from "../use/found.ts";
import { isDockerfile } from "./names.ts";
import { readUses } from "./uses.ts";

/** Dockerfiles and Containerfiles, read by BuildKit's rules. */
export const dockerfile: Manager = {
  kind: "dockerfile",
  isolated: true,
  matches: isDockerfile,
  extract(files) {
    const read = [...files].map(([path, text]) => readUses(path, text));
    return {
      uses: read.flatMap(({ found }) => found.map(({ use }) => use)),
      problems: read.flatMap(({ problems }) => problems),
    };
  },
  edit: editFound((path, text) => readUses(path, text).found),
};
