// The documents of the service, as docs/serve.md, plan.md, diff.md, explain.md, simulation.md, stress.md and
// replay.md describe them. Times in seconds, money in USD per hour, shares from 0 to 1.

import type { Explanation, Replay, Simulation, Stress } from "./documents.ts";

export * from "./documents.ts";

export interface ApiProblem {
  code: string;
  message: string;
  where: string;
  suggestion?: string;
}

/** An answer that is an error; `error` is the first of `errors`. */
export interface ProblemAnswer {
  error: ApiProblem;
  errors: ApiProblem[];
}

export interface CheckProblem extends ApiProblem {
  line: number | null;
  pointer: string;
}

export interface Cost {
  total: number;
  rental: number;
  delay: number;
  unmet: number;
  fixed: number;
  switching?: number;
}

export interface Deployment {
  name: string;
  model: string;
  precision: string;
  pool: string;
  gpu: string;
  tp: number;
  pp: number;
  tpot_target: number | null;
  replicas: number;
  gpus: number;
  max_num_seqs: number;
  max_model_len: number;
  utilization: number;
  ttft: number | null;
  tpot: number | null;
  cost: number;
  engine_args: string[];
}

export interface RentedOffer {
  pool: string;
  offer: string;
  boxes: number;
  gpus: number;
  cost: number;
}

export interface Route {
  class: string;
  deployment: string;
  share: number;
  ttft: number | null;
  tpot: number | null;
  e2e: number | null;
  error: number | null;
}

export interface Slo {
  ttft: number | null;
  tpot: number | null;
  e2e: number | null;
  percentile: number;
}

export interface PlanClass {
  name: string;
  rate: number;
  unmet: number;
  ttft: number | null;
  tpot: number | null;
  e2e: number | null;
  error: number | null;
  slo: Slo;
  max_error: number | null;
  slo_met: boolean;
}

export interface ShadowPrices {
  pools: Record<string, number>;
  budget: number | null;
  classes: Record<string, number>;
}

export interface Plan {
  format: string;
  fleet: string;
  method: string;
  status: string;
  cost: Cost;
  lower_bound: number | null;
  gap: number | null;
  seconds: { build: number; solve: number; bound: number };
  deployments: Deployment[];
  offers: RentedOffer[];
  routes: Route[];
  classes: PlanClass[];
  shadow_prices: ShadowPrices;
  warnings: string[];
  switching?: {
    from: string;
    started: number;
    stopped: number;
    boxes: number;
    usd: number;
    hold: number;
    ready: number;
    kept?: boolean;
  };
}

export interface PlanSummary {
  id: number;
  created: string;
  title: string;
  active: boolean;
  fleet: string;
  method: string;
  status: string;
  cost: number;
  lower_bound: number | null;
  gap: number | null;
  seconds: number;
  classes: number;
  deployments: number;
  gpus: number;
  slo_met: boolean;
  current: number | null;
}

export interface TrajectoryPoint {
  seconds: number;
  incumbent: number | null;
  bound: number | null;
}

export interface PlanRecord extends PlanSummary {
  fleet_text: string;
  request: Record<string, unknown>;
  trajectory: TrajectoryPoint[];
  plan: Plan;
}

export interface PlanPage {
  plans: PlanSummary[];
  next: number | null;
}

export interface Progress extends TrajectoryPoint {
  gap: number | null;
  nodes: number | null;
  done: number | null;
  total: number | null;
}

export type JobState = "queued" | "running" | "done" | "failed" | "cancelled";

export interface Job {
  id: number;
  kind: string;
  state: JobState;
  created: string;
  started: string | null;
  finished: string | null;
  plan: number | null;
  title: string;
  progress: Progress | null;
  result: { plan?: number; study?: number; explanation?: Explanation } | null;
  error: ProblemAnswer | null;
  /** Incumbent and bound so far; a list of jobs leaves it out. */
  trajectory?: TrajectoryPoint[];
}

export interface CheckedClass {
  name: string;
  rate: number;
  prompt_tokens: number;
  output_tokens: number;
  slo: Slo;
  quality: { task: string; min: number };
  max_unmet: number;
}

export interface CheckedOffer {
  name: string;
  lot: number;
  cost: number;
  max: number | null;
}

export interface CheckedPool {
  name: string;
  gpu: string;
  offers: CheckedOffer[];
}

export interface CheckedFleet {
  name: string;
  headroom: number;
  budget: number | null;
  classes: CheckedClass[];
  models: string[];
  pools: CheckedPool[];
}

export interface FleetCheck {
  valid: boolean;
  errors: CheckProblem[];
  fleet: CheckedFleet | null;
}

export interface Example {
  name: string;
  title: string;
  text: string;
}

export type StudyKind = "simulate" | "stress" | "replay" | "explain";

export interface StudyHead {
  id: number;
  plan: number;
  kind: StudyKind;
  created: string;
  request: Record<string, unknown>;
}

export type StudyResult = Simulation | Stress | Replay | Explanation;

export interface Study<R = StudyResult> extends StudyHead {
  result: R;
}
