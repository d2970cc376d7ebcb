import { editFound } from "../found-use.ts";
import type { Manager } from "../manager.ts";
import { readUses } from "./uses.ts";

const NAMES = /^(?:(?:docker|container)file.*|.*\.(?:docker|container)file)$/i;

/** Texts and data beside or about Dockerfiles. */
const OTHER = /\.(?:dockerignore|md|rst|adoc|html?|json|lock|svg|png|snap)$/i;
/** Programs about Dockerfiles, such as `dockerfile.ts`; `Dockerfile.go` is one for Go. */
const PROGRAM = /^[a-z].*\.(?:[cm]?[jt]sx?|py|rb|go|rs|java|kt|cs|php|pl|lua|swift|c|h|cc|cpp|vim)$/;

/** Dockerfiles and Containerfiles, read by BuildKit's rules. */
export const dockerfile: Manager = {
  kind: "dockerfile",
  isolated: true,
  matches(path) {
    const name = path.slice(path.lastIndexOf("/") + 1);
    return NAMES.test(name) && !OTHER.test(name) && !PROGRAM.test(name);
  },
  extract(files) {
    const read = [...files].map(([path, text]) => readUses(path, text));
    return {
      uses: read.flatMap(({ found }) => found.map(({ use }) => use)),
      problems: read.flatMap(({ problems }) => problems),
    };
  },
  edit: editFound((path, text) => readUses(path, text).found),
};
