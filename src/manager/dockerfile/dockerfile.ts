import type { Manager } from "../manager.ts";
import { editDockerfiles } from "./edit.ts";
import { readUses } from "./uses.ts";

const NAMES = /^(?:(?:docker|container)file.*|.*\.(?:docker|container)file)$/i;

/** Dockerfiles and Containerfiles, read by BuildKit's rules. */
export const dockerfile: Manager = {
  kind: "dockerfile",
  matches(path) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    return NAMES.test(name) && !name.toLowerCase().endsWith(".dockerignore");
  },
  extract(files) {
    const read = [...files].map(([path, text]) => readUses(path, text));
    return {
      uses: read.flatMap(({ found }) => found.map(({ use }) => use)),
      problems: read.flatMap(({ problems }) => problems),
    };
  },
  edit: editDockerfiles,
};
