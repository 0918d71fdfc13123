import type { PlanClass, Simulation, SimulatedClass } from "../types.ts";

export interface Level {
  metric: string;
  predicted: number | null;
  limit: number | null;
  simulated: number | null;
  /** Half of the simulated value's 95 % interval. */
  spread: number | null;
  unit: "time" | "share";
}

const TIMES = [
  ["TTFT", "ttft"],
  ["TPOT", "tpot"],
  ["E2E", "e2e"],
] as const;

export function levelsOf(c: PlanClass, simulated: SimulatedClass | undefined): Level[] {
  const times: Level[] = TIMES.map(([metric, key]) => ({
    metric,
    predicted: c[key],
    limit: c.slo[key],
    simulated: simulated?.[key].at_percentile ?? null,
    spread: simulated?.[key].half_width["at_percentile"] ?? null,
    unit: "time",
  }));
  const error: Level = {
    metric: "Error",
    predicted: c.error,
    limit: c.max_error,
    simulated: null,
    spread: null,
    unit: "share",
  };
  return [...times, error];
}

/** Largest part of a limit that is used up; above 1 where a promise is broken. */
export function tightness(c: PlanClass): number {
  const parts = levelsOf(c, undefined).map((l) => (l.limit && l.predicted !== null ? l.predicted / l.limit : 0));
  return Math.max(...parts, c.slo_met ? 0 : 2);
}

/** Classes that miss come first, then those with the least left. */
export function tightestFirst(classes: readonly PlanClass[]): PlanClass[] {
  return [...classes].sort((a, b) => tightness(b) - tightness(a));
}

export function simulatedByName(simulation: Simulation | null): Map<string, SimulatedClass> {
  return new Map((simulation?.classes ?? []).map((c) => [c.name, c]));
}
