/** The middle one of an odd number of values, or the lower of the two in the middle. */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The least value that so many percent of the values do not exceed. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (value === undefined) throw new RangeError("there is no value");
  return value;
}

/** A line of a bench: what was measured, what is wanted, whether it is so. */
export interface Figure {
  readonly what: string;
  readonly measured: string;
  readonly wanted: string;
  readonly holds: boolean;
}

export function atLeast(what: string, ratio: number, wanted: number): Figure {
  return { what, measured: `${ratio.toFixed(2)} ×`, wanted: `≥ ${wanted} ×`, holds: ratio >= wanted };
}

export function valueAtLeast(what: string, value: number, wanted: number, unit: string): Figure {
  return {
    what,
    measured: `${value.toFixed(0)} ${unit}`,
    wanted: `≥ ${wanted} ${unit}`,
    holds: value >= wanted,
  };
}

export function ratioAtMost(what: string, ratio: number, wanted: number): Figure {
  return { what, measured: `${ratio.toFixed(2)} ×`, wanted: `≤ ${wanted} ×`, holds: ratio <= wanted };
}

export function atMost(what: string, value: number, wanted: number, unit: string): Figure {
  return {
    what,
    measured: `${value.toFixed(value < 10 ? 1 : 0)} ${unit}`,
    wanted: `≤ ${wanted} ${unit}`,
    holds: value <= wanted,
  };
}
