// Median and quantiles.

/**
 * Finds the value at a fraction of the way through the sorted samples, interpolated between neighbours.
 * @param fraction 0-1; 0.5 is the median
 * @throws Error when there are no samples
 */
export function quantile(samples: readonly number[], fraction: number): number {
  if (samples.length === 0) throw new Error('no samples');
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(at)] as number;
  const above = sorted[Math.ceil(at)] as number;
  return below + (above - below) * (at - Math.floor(at));
}

/** Finds the middle sample, or the mean of the two in the middle. */
export const median = (samples: readonly number[]): number => quantile(samples, 0.5);
