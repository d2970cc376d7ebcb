import { readFileSync } from "node:fs";

// Loaded before a process of the sandbox, by NODE_OPTIONS: its clock is as many milliseconds off as a file says, and jumps when
// the process is told to look there again (SIGUSR2). Timers go on, as they do when a real clock is set.
const file = process.env.SANDBOX_CLOCK ?? "";
const RealDate = Date;
const readOffset = () => Number(readFileSync(file, "utf8"));
let offset = readOffset();
process.on("SIGUSR2", () => {
  offset = readOffset();
});

const now = () => RealDate.now() + offset;

globalThis.Date = new Proxy(RealDate, {
  apply: () => new RealDate(now()).toString(),
  construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [now()] : given, made),
  get: (target, key) => (key === "now" ? now : Reflect.get(target, key)),
});
