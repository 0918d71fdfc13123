import { describe, expect, test } from "vitest";
import * as f from "../src/lib/format.ts";

describe("money", () => {
  test("has cents below ten thousand dollars and none beyond", () => {
    expect(f.perHour(7.444)).toBe("$7.44/h");
    expect(f.perHour(12345.6)).toBe("$12,346/h");
    expect(f.perHour(0)).toBe("$0.00/h");
  });
  test("does not round small costs to nothing", () => expect(f.dollars(0.00123)).toBe("$0.0012"));
  test("tells the month of 730 hours", () => expect(f.perMonth(7.444)).toBe("$5,434 per month"));
  test("of a difference keeps its sign, and none for zero", () => {
    expect(f.signedDollars(1.61)).toBe("+$1.61/h");
    expect(f.signedDollars(-1.61)).toBe("−$1.61/h");
    expect(f.signedDollars(-1e-9)).toBe("$0.00/h");
  });
});

test("times choose the unit in which they are read", () => {
  expect(f.duration(0.0538)).toBe("53.8 ms");
  expect(f.duration(1.067)).toBe("1.07 s");
  expect(f.duration(0.9996)).toBe("1 s");
  expect(f.duration(600)).toBe("10 min");
  expect(f.duration(4e-5)).toBe("40 µs");
  expect(f.duration(null)).toBe("–");
});

test("shares near the ends are not rounded onto them", () => {
  expect(f.percent(0)).toBe("0 %");
  expect(f.percent(0.00001)).toBe("< 0.01 %");
  expect(f.percent(0.9983)).toBe("99.83 %");
  expect(f.percent(0.99999)).toBe("> 99.99 %");
  expect(f.percent(1)).toBe("100 %");
});

test("a gap of roundings is none, in a job as in its plan", () => {
  for (const none of [0, 9.141e-8, 1.606e-7]) expect(f.gap(none)).toBe("0 %");
  for (const small of [1.483e-6, 1.552e-6]) expect(f.gap(small)).toBe("< 0.01 %");
  expect(f.gap(0.1968122)).toBe("19.7 %");
  expect(f.gap(null)).toBe("not known");
});

test("a note alone begins as a sentence does", () => {
  expect(f.sentence("pool 'a': replicas stay")).toBe("Pool 'a': replicas stay");
  expect(f.sentence("")).toBe("");
});

test("numbers keep three digits that matter", () => {
  expect(f.number(0.4567)).toBe("0.457");
  expect(f.number(1234567)).toBe("1,234,567");
  expect(f.number(5.5301)).toBe("5.53");
  expect(f.number(undefined)).toBe("–");
});

test("ages are told in the largest whole unit", () => {
  const now = Date.parse("2026-11-29T22:00:00Z");
  expect(f.ago("2026-11-29T21:59:58Z", now)).toBe("just now");
  expect(f.ago("2026-11-29T21:40:00Z", now)).toBe("20 minutes ago");
  expect(f.ago("2026-11-26T21:40:00Z", now)).toBe("3 days ago");
});
