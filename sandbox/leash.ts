// Loaded before a process of the sandbox: it ends when the one that holds the other end of its stdin is gone, however that
// went, so that a killed demo or test leaves nothing running.
process.stdin.once("close", () => process.exit());
process.stdin.resume();
if ("unref" in process.stdin) process.stdin.unref();
