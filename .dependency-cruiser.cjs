/**
 * The layer rule of ARCHITECTURE.md:
 *   core ← config, ports ← adapters;  core, ports ← flow ← server, cli ← app ← main
 * A port is `src/x/x.ts`; its siblings are adapters. The ports of GitHub and of the store are large: each is a file per noun, and
 * its adapter a folder.
 */
const ports = "manager|registry|signature|scanner|builder|deployer|notifier|github|store|control";
const port = `^src/((${ports})/\\2|(github|store)/[^/]+)\\.ts$`;
const room = `^src/(${ports})/`;
/** @type {import("dependency-cruiser").IConfiguration} */
module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    { name: "no-unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    {
      name: "core-is-pure",
      comment: "core imports itself and a hash function: nothing that can do a thing",
      severity: "error",
      from: { path: "^src/core/" },
      to: { pathNot: ["^src/core/", "^crypto$"] },
    },
    {
      name: "config-sees-core",
      severity: "error",
      from: { path: "^src/config/" },
      to: { path: "^src/", pathNot: ["^src/config/", "^src/core/"] },
    },
    {
      name: "ports-see-core",
      comment: "a port is an interface over core's values and other ports' types",
      severity: "error",
      from: { path: port },
      to: { pathNot: ["^src/core/", port] },
    },
    {
      name: "managers-parse-only",
      comment:
        "a manager reads text and nothing else; a library that only parses is listed here with its first manager",
      severity: "error",
      from: { path: "^src/manager/([^/]+)/" },
      to: {
        pathNot: [
          "^src/core/",
          "^src/manager/(manager|each-file)\\.ts$",
          "^src/manager/(syntax|use|dockerfile|$1)/",
          "^node_modules/yaml/",
        ],
      },
    },
    {
      name: "adapters-see-core-and-ports",
      comment: "an adapter never imports another room's adapter: app.ts hands it what it needs",
      severity: "error",
      from: { path: room },
      to: { path: "^src/", pathNot: ["^src/core/", "^src/config/", port, "^src/$1/"] },
    },
    {
      name: "flow-sees-core-and-ports",
      severity: "error",
      from: { path: "^src/flow/" },
      to: { path: "^src/", pathNot: ["^src/flow/", "^src/core/", "^src/config/", port] },
    },
    {
      name: "server-and-cli-see-flow-and-ports",
      severity: "error",
      from: { path: "^src/(server|cli)/" },
      to: { path: "^src/", pathNot: ["^src/$1/", "^src/flow/", "^src/core/", "^src/config/", port] },
    },
    {
      name: "only-app-composes",
      comment:
        "app.ts is the only composition root; main.ts hands the commands what it made, and what is true of every kind of file is tested over the same list of them",
      severity: "error",
      from: { pathNot: "^src/(main\\.ts$|app(/|\\.ts$))|^test/manager/cases\\.ts$" },
      to: { path: "^src/app(/|\\.ts$)" },
    },
    {
      name: "main-sees-app-and-cli",
      severity: "error",
      from: { path: "^src/main\\.ts$" },
      to: { path: "^src/", pathNot: ["^src/app\\.ts$", "^src/cli/", "^src/core/"] },
    },
    {
      name: "src-never-sees-the-sandbox",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/cli/demo\\.ts$" },
      to: { path: "^(sandbox|test)/" },
    },
    {
      name: "bench-watches-from-outside",
      comment: "what is measured is the App as a process, in a world of the sandbox",
      severity: "error",
      from: { path: "^bench/" },
      to: { path: "^(src|test)/", pathNot: "^src/core/" },
    },
    {
      name: "only-tests-see-the-bench",
      severity: "error",
      from: { path: "^(src|sandbox)/" },
      to: { path: "^bench/" },
    },
    {
      name: "production-needs-no-dev-dependency",
      severity: "error",
      from: { path: "^src/" },
      to: { dependencyTypes: ["npm-dev"], pathNot: "^node_modules/@types/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
