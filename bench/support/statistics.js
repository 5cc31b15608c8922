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

/**
 * How well a threshold tells the two apart (Mann and Whitney 1947): the chance that one of `ours` is greater than one of
 * `others`, ties counting half. 0.5 says not at all, 0 and 1 always.
 * @param {readonly number[]} ours
 * @param {readonly number[]} others
 */
export function areaUnderCurve(ours, others) {
  const sorted = [...others].sort((a, b) => a - b);
  let wins = 0;
  for (const value of ours) wins += (countBelow(sorted, value) + countBelow(sorted, value, true)) / 2;
  return wins / (ours.length * others.length);
}

/** @param {readonly number[]} sorted @param {number} value @param {boolean} [orEqual] */
function countBelow(sorted, value, orEqual = false) {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = sorted[middle] ?? Number.NaN;
    if (at < value || (orEqual && at === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}
