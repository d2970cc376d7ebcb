import fc from "fast-check";

/** Properties are tried with the same examples each time, so that a change is judged and not chance; another number, other examples. */
fc.configureGlobal({ seed: Number(process.env.SEED ?? 2026) });
