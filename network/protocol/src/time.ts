/** How a network tells time; fixed by its genesis record. */
export interface Clock {
  /** Real and policy time coincide here. */
  readonly originMs: number;
  /** Policy milliseconds per real one while time is scaled. */
  readonly scale: number;
  /** For how long time is scaled, in real milliseconds. */
  readonly scaledMs: number;
  /** Length of a closed bucket, in real milliseconds. */
  readonly bucketMs: number;
}

export const DAY_MS = 86_400_000;

/** Later than any time that we accept (year 9999), and still exact as a number. */
export const MAX_TIME_MS = 253_402_300_799_999;

/** Policy time of a real time, both in ms since the Unix epoch. Times before the origin are not scaled. */
export function policyTime(clock: Clock, realMs: number): number {
  const elapsed = realMs - clock.originMs;
  if (elapsed <= 0) return realMs;
  const scaled = Math.min(elapsed, clock.scaledMs);
  return clock.originMs + scaled * clock.scale + (elapsed - scaled);
}

/** Inverse of `policyTime`: the first real millisecond at which policy time has reached `policyMs`. */
export function realTime(clock: Clock, policyMs: number): number {
  const elapsed = policyMs - clock.originMs;
  if (elapsed <= 0) return policyMs;
  const scaledSpan = clock.scaledMs * clock.scale;
  if (elapsed <= scaledSpan) return clock.originMs + Math.ceil(elapsed / clock.scale);
  return clock.originMs + clock.scaledMs + (elapsed - scaledSpan);
}

/** Number of the bucket that a real time falls into. */
export function bucketOf(clock: Clock, realMs: number): number {
  return Math.floor(realMs / clock.bucketMs);
}

/** The same day and time of day some months later, in UTC; the last day of a month that has no such day. */
export function addMonths(timeMs: number, months: number): number {
  const date = new Date(timeMs);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const day = Math.min(date.getUTCDate(), lastDay);
  return Date.UTC(year, month, day) + (timeMs - Date.UTC(year, date.getUTCMonth(), date.getUTCDate()));
}
