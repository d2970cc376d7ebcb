import { keepCompiled } from "./cli/compiled.ts";

// before anything that is worth keeping is compiled
keepCompiled(process.env);
const { localTools } = await import("./app.ts");
const { runProgram } = await import("./cli/program.ts");
const { screenOf } = await import("./cli/screen.ts");

// a reader that has seen enough, such as `head`, is no error
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

process.exitCode = await runProgram(process.argv.slice(2), localTools(process.env), {
  ...screenOf(process.stdout, process.env),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
});
