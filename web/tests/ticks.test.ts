import { expect, test } from "vitest";
import { moneyTicks, roundUp, ticks } from "../src/lib/ticks.ts";

test("ticks are round, inside, and about as many as wanted", () => {
  expect(ticks(0, 0.6, 4)).toEqual([0, 0.2, 0.4, 0.6]);
  expect(ticks(7.44, 9.81, 5)).toEqual([7.5, 8, 8.5, 9, 9.5]);
  expect(ticks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticks(1200, 48_000, 4)).toEqual([20_000, 40_000]);
  expect(ticks(3, 3, 4)).toEqual([3]);
});

test("an axis from 0 ends at a tick", () => {
  expect(roundUp(0.37, 4)).toBe(0.4);
  expect(roundUp(0.4, 4)).toBe(0.4);
  expect(roundUp(0.0042, 4)).toBe(0.006);
});

test("money has cents where a step has some", () => {
  expect(moneyTicks([10, 20, 30])).toEqual(["$10", "$20", "$30"]);
  expect(moneyTicks([7.5, 8, 8.5])).toEqual(["$7.50", "$8.00", "$8.50"]);
  expect(moneyTicks([1000, 2000])).toEqual(["$1,000", "$2,000"]);
});
