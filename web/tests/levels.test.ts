import { describe, expect, test } from "vitest";
import { levelsOf, limitVerdict, promises, verdictOf, type Verdict } from "../src/lib/levels.ts";
import type { Measured, PlanClass, SimulatedClass, Simulation, TimeStats } from "../src/types.ts";

const share = (value: number | null, half_width: number | null = 0.01): Measured => ({ value, half_width });
const time = (at_percentile: number): TimeStats => ({
  mean: null,
  p50: null,
  p90: null,
  p95: null,
  p99: null,
  at_percentile,
  half_width: { at_percentile: 0.1 },
});

/** As the service says it: a class holds where each of its limits does. */
function simulated(ttft: Measured, tpot = share(1, 0.001), requests = { arrived: 100, served: 100 }): SimulatedClass {
  const limits = [ttft, tpot].map((s) => limitVerdict(s, 0.95));
  const proven = limits.every((v) => v === "holds");
  return {
    name: "chat",
    requests: { ...requests, queued: 0, dropped: requests.arrived - requests.served },
    measured: requests.served,
    ttft: time(2.1),
    tpot: time(0.04),
    e2e: time(9),
    goodput: 1,
    tokens_per_s: 1,
    percentile: 0.95,
    attainment: ttft.value,
    within: { all: share((ttft.value ?? 0) - 0.04), ttft, tpot, e2e: share(1, 0.001) },
    slo_met: proven || limits.every((v) => v === "holds" || v === "barely"),
    proven,
    predicted: null,
  };
}

const planned = (slo_met = true): PlanClass => ({
  name: "chat",
  rate: 1,
  unmet: 0,
  ttft: 1,
  tpot: 0.03,
  e2e: 8,
  error: null,
  slo: { ttft: 2, tpot: 0.05, e2e: null, percentile: 0.95 },
  max_error: null,
  slo_met,
});

const simulation = (...classes: SimulatedClass[]) => ({ classes }) as unknown as Simulation;

const held = simulated(share(0.97));
const barely = simulated(share(0.955));
const unsure = simulated(share(0.945));
const late = simulated(share(0.93));

describe("what a simulation says of a class", () => {
  test.each<[string, SimulatedClass, Verdict]>([
    ["above the percentile, and so is its interval", held, "holds"],
    ["above, but for the interval", barely, "barely"],
    ["below, but for the interval", unsure, "unsure"],
    ["below, and so is its interval", late, "late"],
    ["each limit barely kept, all together less often", simulated(share(0.955), share(0.951)), "barely"],
    ["one limit surely missed, another perhaps", simulated(share(0.945), share(0.9)), "late"],
    ["no interval", simulated(share(0.9, null)), "unsure"],
    ["nothing measured", simulated(share(null, null), undefined, { arrived: 0, served: 0 }), "unsure"],
    ["nothing served", simulated(share(0, null), share(0, null), { arrived: 9, served: 0 }), "late"],
  ])("%s", (_, of, verdict) => expect(verdictOf(of)).toBe(verdict));

  test("a limit is judged by its own share", () => {
    const verdicts = (of: SimulatedClass | undefined) => levelsOf(planned(), of).map((l) => l.verdict);
    expect(verdicts(unsure)).toEqual(["unsure", "holds", "holds", null]);
    expect(verdicts(late)).toEqual(["late", "holds", "holds", null]);
    expect(verdicts(undefined)).toEqual([null, null, null, null]);
  });
});

describe("the promises of a plan", () => {
  const two = [planned(), planned()];
  test("without a simulation are predicted", () => {
    expect(promises(two, null)).toEqual({ text: "every promise is kept", tone: "good" });
    expect(promises([planned(), planned(false)], null)).toEqual({ text: "promises are broken", tone: "bad" });
  });
  test("are kept in the simulation too", () =>
    expect(promises(two, simulation(held, held))).toEqual({ text: "as predicted and simulated", tone: "good" }));
  test("are not all sure in the simulation", () => {
    const close = (...classes: SimulatedClass[]) => promises(two, simulation(...classes));
    expect(close(held, late)).toEqual({ text: "as predicted; in the simulation 1 of 2 holds", tone: "close" });
    expect(close(barely, unsure)).toEqual({ text: "as predicted; in the simulation 0 of 2 hold", tone: "close" });
  });
  test("are broken as predicted", () => {
    const text = "promises are broken; in the simulation 2 of 2 hold";
    expect(promises([planned(false)], simulation(held, held))).toEqual({ text, tone: "bad" });
  });
});
