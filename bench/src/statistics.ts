/** The middle value; of an even count, the mean of the two middle ones. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

/** A measured ratio with what it was made from. */
export type Ratio = {
  /** Lowest slot of A divided by lowest slot of B: the steadiest figure where a machine is shared. */
  readonly lowest: number;
  /** Median of the ratios of neighbouring slots, and their spread. */
  readonly median: number;
  readonly from: number;
  readonly to: number;
  readonly slots: number;
};

/** Compares slots that were measured in pairs, A B A B …; both lists have the same length. */
export function ratioOf(a: readonly number[], b: readonly number[]): Ratio {
  const pairs = a.map((value, index) => value / (b[index] ?? Number.NaN));
  return {
    lowest: Math.min(...a) / Math.min(...b),
    median: median(pairs),
    from: Math.min(...pairs),
    to: Math.max(...pairs),
    slots: pairs.length,
  };
}
