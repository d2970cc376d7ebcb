/** A day, and where it has one the time, that parts of a tag name; as many numbers as it writes, the year first. */
export interface DatePart {
  readonly prefix: string;
  /** `YYYYMMDD`, `YYYY-MM-DD`, with what follows. */
  readonly shape: string;
  readonly numbers: readonly number[];
  /** How many parts it takes. */
  readonly length: number;
}

const MONTH = "(?:0[1-9]|1[0-2])";
const DAY = "(?:0[1-9]|[12]\\d|3[01])";
const COMPACT = new RegExp(`^(20\\d\\d)(${MONTH})(${DAY})(?:([.T])(\\d{1,9}))?$`);
/** The year may follow a word and a dot: `RELEASE.2025-01-20T14-49-07Z`. */
const YEAR = /^((?:[A-Za-z]{1,20}\.)?)(20\d\d)$/;
const DAY_AND_HOUR = new RegExp(`^(${DAY})(?:T(\\d\\d))?$`);
const MINUTE = /^\d\d$/;
const SECOND = /^\d\dZ?$/;

/** The date that begins at a part; `undefined` when none does. */
export function readDatePart(parts: readonly string[], at: number): DatePart | undefined {
  const [, year, month, day, between = "", more] = COMPACT.exec(parts[at] ?? "") ?? [];
  if (year !== undefined && month !== undefined && day !== undefined) {
    const numbers = [year, month, day, ...(more === undefined ? [] : [more])].map(Number);
    return { prefix: "", shape: `YYYYMMDD${more === undefined ? "" : `${between}N`}`, numbers, length: 1 };
  }
  return readDashed(parts.slice(at, at + 5));
}

function readDashed([first = "", month = "", third = "", minute = "", second = ""]: readonly string[]) {
  const [, prefix, year] = YEAR.exec(first) ?? [];
  const [, day, hour] = DAY_AND_HOUR.exec(third) ?? [];
  if (prefix === undefined || year === undefined || day === undefined || !/^(?:0[1-9]|1[0-2])$/.test(month))
    return undefined;
  const date = [year, month, day];
  if (hour === undefined) return { prefix, shape: "YYYY-MM-DD", numbers: date.map(Number), length: 3 };
  if (!MINUTE.test(minute) || !SECOND.test(second)) return undefined;
  const numbers = [...date, hour, minute, second.slice(0, 2)].map(Number);
  return { prefix, shape: `YYYY-MM-DDThh-mm-ss${second.slice(2)}`, numbers, length: 5 };
}
