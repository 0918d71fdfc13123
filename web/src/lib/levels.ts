import type { Measured, PlanClass, Simulation, SimulatedClass } from "../types.ts";

export interface Level {
  metric: string;
  predicted: number | null;
  limit: number | null;
  simulated: number | null;
  /** Half of the simulated value's 95 % interval. */
  spread: number | null;
  /** Whether the simulation keeps the limit. */
  verdict: Verdict | null;
  unit: "time" | "share";
}

/** What a simulation says of a promise. */
export type Verdict = "holds" | "barely" | "unsure" | "late";

/** From the worst to the best, as a table sorts them. */
export const VERDICTS: readonly Verdict[] = ["late", "unsure", "barely", "holds"];

export const VERDICT_LOOKS: Record<Verdict, { word: string; tone: "good" | "close" | "bad"; title: string }> = {
  holds: { word: "holds", tone: "good", title: "Each limit is kept as often as promised, at 95 % confidence" },
  barely: {
    word: "barely",
    tone: "close",
    title: "Each limit is kept as often as promised, but not at 95 % confidence",
  },
  unsure: {
    word: "not sure",
    tone: "close",
    title: "A limit is kept less often than promised, but not at 95 % confidence: a longer simulation says more",
  },
  late: { word: "late", tone: "bad", title: "A limit is kept less often than promised, at 95 % confidence" },
};

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
    verdict: simulated ? limitVerdict(simulated.within[key], simulated.percentile) : null,
    unit: "time",
  }));
  const error: Level = {
    metric: "Error",
    predicted: c.error,
    limit: c.max_error,
    simulated: null,
    spread: null,
    verdict: null,
    unit: "share",
  };
  return [...times, error];
}

/** Of the share of requests within one limit, and its 95 % interval. */
export function limitVerdict(share: Measured, percentile: number): Verdict {
  const { value } = share;
  const half = share.half_width ?? Infinity;
  if (value === null) return "unsure";
  if (value >= percentile) return value - half >= percentile ? "holds" : "barely";
  return value + half >= percentile ? "unsure" : "late";
}

/** Of a class; a class promises each of its limits, not all of them together. */
export function verdictOf(c: SimulatedClass): Verdict {
  if (c.proven) return "holds";
  if (c.slo_met) return "barely";
  const noneEnded = c.measured === 0 && c.requests.served < c.requests.arrived;
  const late = TIMES.some(([, key]) => limitVerdict(c.within[key], c.percentile) === "late");
  return noneEnded || late ? "late" : "unsure";
}

/** What is said of all promises of a plan, as predicted and as simulated. */
export function promises(
  classes: readonly PlanClass[],
  simulation: Simulation | null,
): { text: string; tone: "good" | "close" | "bad" } {
  const broken = classes.some((c) => !c.slo_met);
  if (!simulation) {
    return broken ? { text: "promises are broken", tone: "bad" } : { text: "every promise is kept", tone: "good" };
  }
  const all = simulation.classes.length;
  const held = simulation.classes.filter((c) => verdictOf(c) === "holds").length;
  if (held === all && !broken) return { text: "as predicted and simulated", tone: "good" };
  const holds = `in the simulation ${held} of ${all} ${held === 1 ? "holds" : "hold"}`;
  return broken
    ? { text: `promises are broken; ${holds}`, tone: "bad" }
    : { text: `as predicted; ${holds}`, tone: "close" };
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
