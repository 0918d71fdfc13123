export interface Bin {
  from: number;
  to: number;
  count: number;
}

/** Bins of equal width over all values; a single one where all are alike. */
export function histogram(values: readonly number[], most = 28): Bin[] {
  if (!values.length) return [];
  let low = Infinity;
  let high = -Infinity;
  for (const v of values) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  if (high - low < 1e-9 * Math.max(1, Math.abs(high))) return [{ from: low, to: high, count: values.length }];
  const bins = Math.max(1, Math.min(most, Math.ceil(Math.sqrt(values.length) * 1.5)));
  const width = (high - low) / bins;
  const result = Array.from({ length: bins }, (_, i): Bin => ({
    from: low + i * width,
    to: low + (i + 1) * width,
    count: 0,
  }));
  for (const v of values) {
    const bin = result[Math.min(bins - 1, Math.floor((v - low) / width))];
    if (bin) bin.count += 1;
  }
  return result;
}

export interface Tested {
  expected_cost: number;
  violation_rate: number;
}

/** Those that no other beats in both cost and violations, from the cheapest on. */
export function frontier<T extends Tested>(all: readonly T[]): T[] {
  const order = [...all].sort((a, b) => a.expected_cost - b.expected_cost || a.violation_rate - b.violation_rate);
  const best: T[] = [];
  for (const one of order) {
    const last = best.at(-1);
    if (!last || one.violation_rate < last.violation_rate - 1e-12) best.push(one);
  }
  return best;
}
