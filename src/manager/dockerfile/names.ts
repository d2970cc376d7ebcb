const NAMES = /^(?:(?:docker|container)file.*|.*\.(?:docker|container)file)$/i;

/** Texts and data beside or about Dockerfiles. */
const OTHER = /\.(?:dockerignore|md|rst|adoc|html?|json|lock|svg|png|snap)$/i;
/** Programs about Dockerfiles, such as `dockerfile.ts`; `Dockerfile.go` is one for Go. */
const PROGRAM = /^[a-z].*\.(?:[cm]?[jt]sx?|py|rb|go|rs|java|kt|cs|php|pl|lua|swift|c|h|cc|cpp|vim)$/;

/** Whether a file is a Dockerfile by its name. */
export function isDockerfile(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return NAMES.test(name) && !OTHER.test(name) && !PROGRAM.test(name);
}
