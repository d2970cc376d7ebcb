import pino from "pino";

/** What Oakum logs in these tests: nothing, unless `FLOW_LOG` names a level. */
export const log = pino({ level: process.env.FLOW_LOG ?? "silent" });
