import { type DestinationStream, type Logger, pino } from "pino";

/** Fields that never reach a log, at the top or up to three levels down: an HTTP library's error holds its request's headers. */
const SECRETS = [
  ...["authorization", "proxy-authorization", "cookie", "set-cookie", "x-hub-signature", "x-hub-signature-256"],
  ...["password", "privateKey", "secret", "token"],
];
const DEPTHS = ["", "*", "*.*", "*.*.*"];

/** The process's one logger: a constant message, facts in fields, secrets left out. One JSON object per line on stderr. */
export function createLogger(level: string, destination: DestinationStream = pino.destination(2)): Logger {
  const paths = DEPTHS.flatMap((depth) => SECRETS.map((field) => `${depth}["${field}"]`));
  return pino({ level, redact: { paths, censor: "[redacted]" } }, destination);
}
