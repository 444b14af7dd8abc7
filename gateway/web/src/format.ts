const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const dates = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});
const DAY_MS = 86_400_000;

/** Three significant digits, rounded down: `2.14 × 10²⁴`. Bounds must not grow by being written. */
export function scientific(decimal: string): string {
  if (decimal.length <= 4) return decimal;
  const exponent = decimal.length - 1;
  const mantissa = `${decimal.slice(0, 1)}.${decimal.slice(1, 3)}`.replace(/\.?0+$/, "");
  const power = `10${String(exponent).replace(/\d/g, (digit) => SUPERSCRIPTS.charAt(Number(digit)))}`;
  return mantissa === "1" ? power : `${mantissa} × ${power}`;
}

export function date(ms: number): string {
  return dates.format(ms);
}

/** To the minute, in UTC. */
export function moment(ms: number): string {
  return `${date(ms)}, ${new Date(ms).toISOString().slice(11, 16)} UTC`;
}

/** An amount in a currency's hundredths: `$250,000,000`, with cents only where there are any. */
export function money(amountMinor: string, currency: string): string {
  const [whole, cents] = [BigInt(amountMinor) / 100n, BigInt(amountMinor) % 100n];
  const symbol = currency === "USD" ? "$" : `${currency} `;
  const rest = cents === 0n ? "" : `.${String(cents).padStart(2, "0")}`;
  return `${symbol}${whole.toLocaleString("en-US")}${rest}`;
}

/** Codes that ISO 3166-1 leaves to users: evaluation networks name their members by them. */
const USERS_OWN = /^(aa|q[m-z]|x[a-z]|zz)$/;

/** The English name of a country code; the code itself where it stands for none. */
export function country(code: string): string {
  if (USERS_OWN.test(code)) return code.toUpperCase();
  const name = new Intl.DisplayNames("en", { type: "region", fallback: "none" }).of(code.toUpperCase());
  return name ?? code.toUpperCase();
}

/** An interval of whole days, or of days to one decimal. */
export function days(ms: number): string {
  const value = Math.floor((ms / DAY_MS) * 10) / 10;
  return value === 1 ? "1 day" : `${value.toLocaleString("en-GB")} days`;
}

/** Ten of a hash's digits: enough to recognise, not to compare. */
export function short(hash: string): string {
  return `${hash.slice(0, 10)}…`;
}

export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

export function plural(count: number, singular: string, many = `${singular}s`): string {
  return `${count.toLocaleString("en-GB")} ${count === 1 ? singular : many}`;
}

/** "A", "A and B", "A, B and C". */
export function names(list: readonly string[]): string {
  const last = list.at(-1) ?? "nobody";
  return list.length < 2 ? last : `${list.slice(0, -1).join(", ")} and ${last}`;
}
