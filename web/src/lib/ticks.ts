// Where the marks of an axis stand: at numbers that people count by.

import { dollars, integer } from "./format.ts";

/** Steps of 1, 2 or 5 times a power of ten, so that about as many as wanted fit in. */
function stepFor(span: number, wanted: number): number {
  const rough = span / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((n) => n * power >= rough * 0.999) ?? 10;
  return step * power;
}

/** Multiples of a round step from low to high, without the dust of adding fractions. */
export function ticks(low: number, high: number, wanted: number): number[] {
  if (!(high > low)) return [low];
  const step = stepFor(high - low, wanted);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** The first multiple of the step of the ticks that is not below a value: where an axis from 0 may end. */
export function roundUp(value: number, wanted: number): number {
  const step = stepFor(value, wanted);
  return Number((Math.ceil(value / step - 1e-9) * step).toPrecision(12));
}

/** Money at ticks: cents only where a step has some. */
export function moneyTicks(all: readonly number[]): string[] {
  return all.map(all.every(Number.isInteger) ? (v) => `$${integer(v)}` : dollars);
}
