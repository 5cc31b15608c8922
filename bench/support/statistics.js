/** @param {readonly number[]} values */
export function median(values) {
  return percentile(values, 50);
}

/**
 * The smallest value that `percent` of the values do not exceed; of an even number the lower one of the middle.
 * @param {readonly number[]} values
 * @param {number} percent
 */
export function percentile(values, percent) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)] ?? Number.NaN;
}
