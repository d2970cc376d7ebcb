const NAMES = /^(?:(?:docker|container)file.*|.*\.(?:docker|container)file)$/i;

/** Texts and data beside or about Dockerfiles. */
const OTHER = /\.(?:dockerignore|md|rst|adoc|html?|json|ya?ml|toml|xml|csv|lock|log|svg|png|snap|rego)$/i;
/** Programs about Dockerfiles, such as `dockerfile.ts` and `DockerfileReader.java`; `Dockerfile.go` is one for Go. */
const PROGRAM =
  /^(?:[a-z].*|Dockerfile[A-Za-z].*)\.(?:[cm]?[jt]sx?|py|rb|go|rs|java|groovy|kt|scala|cs|php|pl|lua|swift|c|h|cc|cpp|vim|ps1|sh)$/;

/** What makes a Dockerfile out of a file, by its ending: https://github.com/docker-library/bashbrew, Jinja, Go, ERB, autoconf */
const TEMPLATE = /\.(?:template|templ|tmpl|tpl|gotmpl|j2|jinja2?|erb|ejs|mustache|hbs|liquid|in|m4)$/i;

/** Whether a file is a Dockerfile by its name. */
export function isDockerfile(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return NAMES.test(name) && !OTHER.test(name) && !PROGRAM.test(name);
}

/** Whether a Dockerfile is made from this one, by its name. */
export function isTemplate(path: string): boolean {
  return TEMPLATE.test(path);
}
